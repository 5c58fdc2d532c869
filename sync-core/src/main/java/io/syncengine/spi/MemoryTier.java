// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.SyncItem;
import org.jspecify.annotations.Nullable;

/**
 * L1: live items in memory, bounded in bytes. Everything in it is clean (a lower tier or pending
 * has it), so anything may be evicted at any time. All methods are safe from any thread and do no
 * I/O; reads take no lock. For one id the calls {@link #put}, {@link #invalidate} are made by one
 * thread at a time (the engine holds the id's stripe), while {@link #get} is made by any.
 *
 * @since 0.1
 */
public interface MemoryTier {
  /**
   * Reads an item and counts the access.
   *
   * @param id the id
   * @return the item, or null
   */
  @Nullable SyncItem get(String id);

  /**
   * Reads an item without counting the access.
   *
   * @param id the id
   * @return the item, or null
   */
  @Nullable SyncItem peek(String id);

  /**
   * Puts an item in the place of whatever is there. It may be evicted at once, if it is larger than
   * the room or worth less than what it would displace.
   *
   * @param item an item with a version
   */
  void put(SyncItem item);

  /**
   * Removes an id, if it is there.
   *
   * @param id the id
   */
  void invalidate(String id);

  /** Removes everything. */
  void clear();

  /**
   * Tells which share of the budget clean items may keep; what does not fit is evicted, at once or
   * with the next writes.
   *
   * @param bytes the room, 0 or more
   */
  void resize(long bytes);

  /**
   * Items held.
   *
   * @return the number
   */
  long count();

  /**
   * Bytes held, overhead included.
   *
   * @return bytes
   */
  long bytes();

  /**
   * Items evicted since the start.
   *
   * @return the number
   */
  long evictions();
}
