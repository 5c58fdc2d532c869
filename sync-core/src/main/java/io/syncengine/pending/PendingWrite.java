// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import java.util.ArrayList;
import java.util.List;

/**
 * What pending knows of one id. All fields are guarded by the id's stripe lock, except {@code held}
 * and {@code doubtful}, which are written under it and read by anyone, and {@code queued}, which
 * belongs to {@link FlushQueue}.
 */
final class PendingWrite {
  /** Bytes of heap that one id takes beside its name and content; measured, rounded up. */
  private static final int INDEX_BYTES = 240;

  final String id;
  volatile Held held;
  // Whether a higher revision may be in the ground truth: then a read asks it too.
  volatile boolean doubtful;
  boolean queued;
  // The newest revision confirmed by the ground truth; null for none.
  Revision confirmed;
  // The newest revision of this id that the change follower has passed; null for none.
  Revision followed;
  // Where the log holds the newest revision that it has and the ground truth lacks; null for none.
  LogPlace logged;
  Revision loggedRevision;
  List<Waiter> waiters;

  PendingWrite(String id) {
    this.id = id;
  }

  /** Whether the newest revision has not been confirmed. */
  boolean dirty() {
    return confirmed == null || held.compareTo(confirmed) > 0;
  }

  void await(Waiter waiter) {
    if (waiters == null) {
      waiters = new ArrayList<>(1);
    }
    waiters.add(waiter);
  }

  long memoryBytes() {
    Entry entry = held.entry();
    return INDEX_BYTES + 2L * id.length() + (entry == null ? 0 : entry.contentLength());
  }

  /**
   * The newest revision of an id, with its content or the place of it.
   *
   * @param entry the write; null if its content was given back to the log
   * @param spilled its revision if it was; else null, since an entry's own revision may not be
   *     hashed yet
   * @param place where the log holds it, or null
   * @param contentLength in bytes
   */
  record Held(Entry entry, Revision spilled, LogPlace place, int contentLength) {
    static Held of(Entry entry, LogPlace place) {
      return new Held(entry, null, place, entry.contentLength());
    }

    /** The same with the content in the log alone; its revision is known since it was appended. */
    Held spill() {
      return new Held(null, entry.revision(), place, contentLength);
    }

    long revisionVersion() {
      return entry != null ? entry.version() : spilled.version();
    }

    Revision revision() {
      return entry != null ? entry.revision() : spilled;
    }

    boolean tombstone() {
      return entry != null ? entry.tombstone() : spilled.tombstone();
    }

    /** Negative, zero or positive as this is below, equal to or above an entry; hashes on ties. */
    int compareTo(Entry other) {
      long version = revisionVersion();
      return version != other.version()
          ? Long.compare(version, other.version())
          : revision().compareTo(other.revision());
    }

    /** Negative, zero or positive as this is below, equal to or above; hashes on ties. */
    int compareTo(Revision other) {
      long version = revisionVersion();
      return version != other.version()
          ? Long.compare(version, other.version())
          : revision().compareTo(other);
    }
  }
}
