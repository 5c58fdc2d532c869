// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The capability of a write-ahead log that keeps large values beside its entries, such as the
 * snapshot of a filter. Safe from any thread, though one waits for the {@link #putSnapshot} of
 * another; holds up appends no longer than one chunk takes. A snapshot does not count in {@link
 * WriteAheadLog#bytes()}, and is never needed: it spares work.
 *
 * @since 0.1
 */
public interface Snapshots {
  /**
   * Keeps a snapshot in the place of the one of that name: after a crash there is the old one or
   * the new one, whole, or none.
   *
   * @param name its name, 1 to 64 characters
   * @param chunks its parts, at least one, each of 1 byte to 1 MiB; asked for one after the other
   *     on this thread, and not for the next one before that one is on disk. What it throws is
   *     thrown on
   * @throws IllegalArgumentException if name or chunks are not as said; the old one stays
   * @throws io.syncengine.model.DurabilityException if it failed, or the volume has so little room
   *     that the log may need it; the old one stays
   */
  void putSnapshot(String name, Iterator<byte[]> chunks);

  /**
   * Reads a snapshot.
   *
   * @param name its name
   * @return its parts in order, at least one
   * @throws io.syncengine.model.SyncEngineException if it cannot be read or is damaged
   */
  Optional<List<byte[]>> snapshot(String name);

  /**
   * Forgets a snapshot; does nothing if there is none of that name.
   *
   * @param name its name
   * @throws io.syncengine.model.DurabilityException if it failed
   */
  void removeSnapshot(String name);
}
