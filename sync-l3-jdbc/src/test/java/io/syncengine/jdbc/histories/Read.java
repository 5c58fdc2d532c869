// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a history, about one id.
 *
 * @param by who was asked
 * @param begin when it was asked
 * @param end when it had answered
 * @param revision of the item or of its tombstone; null if the answer does not tell
 * @param source null if the answer does not tell
 * @param fresh it was not marked as stale, and the instance did not say that it is
 */
record Read(
    Life by,
    long begin,
    long end,
    String id,
    Answer answer,
    @Nullable Revision revision,
    @Nullable Source source,
    boolean fresh) {
  /** What it said. */
  enum Answer {
    PRESENT,
    ABSENT,
    /** The last known value, asked for as such and marked as stale: it need not be the newest. */
    LAST_KNOWN,
    /** An exception: the tier that would know could not be asked. */
    UNAVAILABLE
  }
}
