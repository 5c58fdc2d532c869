// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.SQLException;

/** Another database stands where the one was that was opened: restored, or made anew. */
final class ReplacedException extends SQLException {
  private static final long serialVersionUID = 1L;

  ReplacedException() {
    super("another database stands where the one was that was opened");
  }
}
