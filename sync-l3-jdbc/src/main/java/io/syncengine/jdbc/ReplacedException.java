// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Another database stands where the one was that was opened: restored, or made anew. */
final class ReplacedException extends SQLException {
  private static final long serialVersionUID = 1L;

  private ReplacedException() {
    super("another database stands where the one was that was opened");
  }

  /**
   * Checks the id that a statement read along with what it was for.
   *
   * @param opened the id of the database that was opened
   * @param found the id that is there now; null if there is none
   */
  static void unlessSame(String opened, @Nullable String found) throws ReplacedException {
    if (!opened.equals(found)) {
      throw new ReplacedException();
    }
  }
}
