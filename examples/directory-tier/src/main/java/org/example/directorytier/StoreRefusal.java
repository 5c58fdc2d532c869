// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import java.io.IOException;

/** The directory can be read, but not by this engine: trying again does not help. */
final class StoreRefusal extends IOException {
  private static final long serialVersionUID = 1L;

  StoreRefusal(String message) {
    super(message);
  }
}
