// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One write of an id, with its content or the place of it. Immutable, so that a reader sees
 * revision, content and doubt of one moment.
 *
 * @param entry the write; null if its content was given back to the log
 * @param spilled its revision if it was; else null, since an entry's own may not be hashed yet
 * @param place where the log holds it, or null
 * @param contentLength in bytes
 * @param doubt whether the ground truth may hold a higher revision
 */
record Held(
    @Nullable Entry entry,
    @Nullable Revision spilled,
    @Nullable LogPlace place,
    int contentLength,
    Doubt doubt) {
  static Held of(Entry entry, Doubt doubt) {
    return new Held(entry, null, null, entry.contentLength(), doubt);
  }

  Held at(LogPlace newPlace) {
    return new Held(entry, spilled, newPlace, contentLength, doubt);
  }

  Held with(Doubt newDoubt) {
    return new Held(entry, spilled, place, contentLength, newDoubt);
  }

  /** The same with the content in the log alone, if the log has it. */
  Held spill() {
    return place == null || contentLength == 0 || entry == null
        ? this
        : new Held(null, entry.revision(), place, contentLength, doubt);
  }

  long version() {
    return entry != null ? entry.version() : revision().version();
  }

  Revision revision() {
    return entry != null ? entry.revision() : Objects.requireNonNull(spilled, "spilled");
  }

  int heldBytes() {
    return entry == null ? 0 : contentLength;
  }

  /** Negative, zero or positive as this is below, equal to or above an entry; hashes on ties. */
  int compareTo(Entry other) {
    return version() != other.version()
        ? Long.compare(version(), other.version())
        : revision().compareTo(other.revision());
  }

  /** Negative, zero or positive as this is below, equal to or above; hashes on ties. */
  int compareTo(Revision other) {
    return version() != other.version()
        ? Long.compare(version(), other.version())
        : revision().compareTo(other);
  }
}
