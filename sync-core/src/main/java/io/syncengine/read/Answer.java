// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import io.syncengine.model.Source;
import io.syncengine.spi.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param entry a value or a tombstone; null if there is none
 * @param source who said so
 * @param unsure whether something newer may be in the ground truth, which could not be asked
 * @param damaged whether the content is not what its revision says: kept nowhere
 */
record Answer(@Nullable Entry entry, Source source, boolean unsure, boolean damaged) {
  Answer(@Nullable Entry entry, Source source) {
    this(entry, source, false, false);
  }
}
