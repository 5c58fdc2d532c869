// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import org.jspecify.annotations.Nullable;

/**
 * One line of NDJSON: an item, or why it is none.
 *
 * @param number from 1
 * @param id the item's id; empty if the line is refused
 * @param content the content's bytes just as they stood in the line; empty if the line is refused
 * @param refusal what is wrong with the line, without its data; null if nothing is
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, and never compared
record ItemLine(long number, String id, byte[] content, @Nullable String refusal) {
  static ItemLine refused(long number, String why) {
    return new ItemLine(number, "", new byte[0], why);
  }

  boolean isRefused() {
    return refusal != null;
  }
}
