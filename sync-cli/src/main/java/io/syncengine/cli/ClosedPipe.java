// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;

/** Whoever reads the output, such as {@code head}, has enough and has gone. No error. */
final class ClosedPipe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipe(IOException cause) {
    super("nobody reads the output any more", cause);
  }
}
