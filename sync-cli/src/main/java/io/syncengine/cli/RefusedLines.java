// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

/** Is told of each line that was refused. */
@FunctionalInterface
interface RefusedLines {
  /**
   * A line was refused.
   *
   * @param line its number
   * @param why the reason, without the line's data
   */
  void refused(long line, String why);
}
