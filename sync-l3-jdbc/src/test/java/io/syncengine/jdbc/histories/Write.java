// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.model.Ack;
import io.syncengine.model.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A write of a history, whether or not it was acknowledged. Times are those of {@link
 * System#nanoTime}, which is one clock for all processes of a Linux machine.
 *
 * @param by who wrote
 * @param begin when it was called
 * @param end when it was acknowledged or refused; {@link Long#MAX_VALUE} if it never was
 * @param hash of the content, in hexadecimal; null for a delete
 * @param revision null if it is not known
 * @param reached null if it was not acknowledged
 * @param refused nothing of it is left anywhere
 */
record Write(
    Life by,
    long begin,
    long end,
    String id,
    @Nullable String hash,
    @Nullable Revision revision,
    @Nullable Ack reached,
    boolean refused) {
  boolean delete() {
    return hash == null;
  }

  /** Whether it was acknowledged at a level or above. */
  boolean reached(Ack level) {
    return reached != null && reached.compareTo(level) >= 0;
  }

  /** Whether it may have been made, with a revision above one. */
  boolean mayBeAbove(@Nullable Revision other) {
    return !refused && (revision == null || revision.isAbove(other));
  }
}
