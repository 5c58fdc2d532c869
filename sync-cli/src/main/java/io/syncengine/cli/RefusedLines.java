// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import org.jspecify.annotations.Nullable;

/** Is told of each line that was refused. Called on the thread that reads. */
@FunctionalInterface
interface RefusedLines {
  /**
   * A line was refused.
   *
   * @param line its number
   * @param id the item's id; null if the line has none that is valid
   * @param why the reason, without the line's data
   */
  void refused(long line, @Nullable String id, String why);
}
