// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;
import java.util.Optional;

/**
 * The write-ahead log: commit groups of entries, in order, on disk. One writer; {@link #append},
 * {@link #truncateBelow}, {@link #reopen} are called by one thread at a time, the others by any.
 * Optional abilities: {@link DeadLetterStore}, {@link Snapshots}.
 *
 * @since 0.1
 */
public interface WriteAheadLog extends AutoCloseable {
  /**
   * Opens or creates the log; takes the writer's lock unless read-only. A torn tail (a group that
   * was being written when the machine stopped) is dropped; anything else that is corrupt is an
   * error.
   *
   * @param config what the engine asks for
   * @throws io.syncengine.model.SyncEngineException if the file is not a log, is newer than this
   *     version, belongs to another namespace, is locked by another engine, or cannot be written:
   *     nothing was changed
   * @throws io.syncengine.model.CorruptDataException if it is damaged before its tail where that
   *     shows without reading all of it; else {@link #replay} tells
   */
  void open(WriteAheadLogConfig config);

  /**
   * Appends a commit group and returns when it is on disk. After a failure the log takes no more
   * until {@link #reopen}.
   *
   * @param entries at least one
   * @param clockCeiling the highest version given or seen so far; kept, so that a clock set back
   *     changes nothing
   * @return the group's number
   * @throws io.syncengine.model.DurabilityException if it failed; the outcome is unknown
   */
  long append(List<Entry> entries, long clockCeiling);

  /**
   * Opens the log again after a failed append.
   *
   * @throws io.syncengine.model.DurabilityException if that is not possible yet
   */
  void reopen();

  /**
   * Reads one entry.
   *
   * @param place its place
   * @return the entry, or empty if it has been truncated
   * @throws io.syncengine.model.CorruptDataException if it is damaged
   * @throws io.syncengine.model.SyncEngineException if the log cannot be read
   */
  Optional<Entry> read(LogPlace place);

  /**
   * Visits every entry in the log, oldest first.
   *
   * @param visitor called on this thread
   * @throws io.syncengine.model.CorruptDataException if a group is damaged
   */
  void replay(Visitor visitor);

  /**
   * Forgets all groups below a number; the highest clock ceiling stays known.
   *
   * @param group the first group to keep
   * @throws io.syncengine.model.DurabilityException if it failed; may be tried again
   */
  void truncateBelow(long group);

  /**
   * The highest clock ceiling ever appended.
   *
   * @return a version, 0 if there is none
   */
  long clockCeiling();

  /**
   * The bytes that count against its bound.
   *
   * @return bytes of all its files in use (space free for reuse in them not counted)
   */
  long bytes();

  /**
   * How full the volume under the log is; low where it has ample room for the log's bound.
   *
   * @return 0 to 1, or 0 if that cannot be told
   */
  double diskUse();

  /**
   * A small value kept in the log's file, such as the follower's position.
   *
   * @param key the key
   * @return the value, if it was put
   */
  Optional<String> state(String key);

  /**
   * Keeps a small value, durably when this returns.
   *
   * @param key the key
   * @param value the value
   * @throws io.syncengine.model.DurabilityException if it failed
   */
  void putState(String key, String value);

  /**
   * An optional ability.
   *
   * @param type the capability's interface
   * @param <C> the capability
   * @return this log's implementation, empty if it has none
   */
  default <C> Optional<C> capability(Class<C> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  /** Closes the files and gives the lock back; idempotent. Never throws. */
  @Override
  void close();

  /** Receives the entries of a replay. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one entry.
     *
     * @param place where it stands
     * @param entry the entry
     */
    void visit(LogPlace place, Entry entry);
  }
}
