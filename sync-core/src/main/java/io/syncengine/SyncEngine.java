// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.ChangeEvent;
import io.syncengine.model.ChangePosition;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.DeadLetters;
import io.syncengine.model.DrainReport;
import io.syncengine.model.EngineStats;
import io.syncengine.model.Health;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.Pressure;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A tiered synchronization engine: items are written once and read from memory, from Redis or from
 * a SQL database, whichever is nearest. Not for implementing by others; it may grow.
 *
 * <p>All methods are safe from any thread. Callbacks and the completion of futures run on the
 * configured callback executor. Cancelling a returned future changes nothing inside. A call that is
 * interrupted while it waits keeps the interrupt flag and throws {@link
 * io.syncengine.model.SyncEngineException}; a write that was accepted by then stands.
 *
 * <p>Every call but {@link #create}, {@link #start}, {@link #state}, {@link #config}, the {@code
 * on…} methods and {@link #close()} throws {@link IllegalStateException} unless the engine is
 * RUNNING. So does every write of a {@code read_only} engine. An argument that is null gives a
 * {@link NullPointerException} that names it, an id that breaks the rules of {@link
 * io.syncengine.model.ItemId} an {@link IllegalArgumentException}.
 *
 * <p>A write of one item, value or delete, throws what {@link #submit(SyncItem, Ack)} says; without
 * waiting, its future fails with it; of several items, it stands in the {@link BatchResult}. A
 * caller waits at most {@code throttle_max_wait_ms} for pressure to fall and {@code ack_timeout_ms}
 * for the level.
 *
 * @since 0.1
 */
public interface SyncEngine extends AutoCloseable {
  /**
   * Makes an engine that has touched nothing yet.
   *
   * @param config the configuration
   * @return an engine in state CREATED
   * @throws IllegalArgumentException if options contradict each other
   * @throws io.syncengine.model.ProviderResolutionException if no provider on the class path serves
   *     what is configured; the message names the artifact
   */
  static SyncEngine create(SyncEngineConfig config) {
    return TieredEngine.create(config);
  }

  /**
   * Makes an engine and starts it.
   *
   * @param config the configuration
   * @return an engine in state RUNNING
   * @throws io.syncengine.model.SyncEngineException if the start failed; the engine is closed again
   */
  static SyncEngine open(SyncEngineConfig config) {
    SyncEngine engine = create(config);
    try {
      engine.start();
      return engine;
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Connects, reads the log and returns at RUNNING.
   *
   * @throws io.syncengine.model.SyncEngineException if a tier or the log refuses, or the ground
   *     truth cannot be reached and there is no log; the state is FAILED then
   * @throws IllegalStateException if it was started before
   */
  void start();

  /**
   * The state now.
   *
   * @return the state
   */
  EngineState state();

  /**
   * The configuration in force.
   *
   * @return the configuration
   */
  SyncEngineConfig config();

  /**
   * Takes another configuration while running: all of it or nothing.
   *
   * @param config a configuration that differs only in options marked hot
   * @return the keys that changed
   * @throws IllegalArgumentException if it differs in another option; the message names the keys
   */
  Set<String> reconfigure(SyncEngineConfig config);

  /** Closes with the configured time-out; idempotent. */
  @Override
  void close();

  /**
   * Takes no more calls, drains, and closes everything that it opened.
   *
   * @param timeout how long to drain at most
   * @return what reached which tier, what waits in the log, and what is lost; the second call
   *     returns the same report
   */
  DrainReport close(Duration timeout);

  /**
   * Writes an item at the default level: LOGGED with a log, else MEMORY.
   *
   * @param item the item; with a version only in caller mode, or as read
   * @return the receipt
   * @throws io.syncengine.model.WriteRejectedException if pressure refuses it; nothing is left
   * @throws io.syncengine.model.DurabilityException if the log failed; the outcome is unknown
   * @throws IllegalArgumentException if the content is over {@code max_content_bytes}, or the
   *     version is missing in caller mode or lies in the future in engine mode
   */
  Receipt submit(SyncItem item);

  /**
   * Writes an item.
   *
   * @param item the item
   * @param ack the level to wait for
   * @return the receipt
   * @throws io.syncengine.model.WriteRejectedException if pressure refuses it; nothing is left
   * @throws io.syncengine.model.DurabilityException if the log failed; the outcome is unknown
   * @throws io.syncengine.model.AckTimeoutException if PERSISTED was not reached in time
   * @throws io.syncengine.model.TierException if the ground truth refused it for good
   * @throws IllegalArgumentException as {@link #submit(SyncItem)}, or if the level cannot be
   *     reached by this configuration
   */
  Receipt submit(SyncItem item, Ack ack);

  /**
   * Writes an item without waiting.
   *
   * @param item the item
   * @param ack the level at which the future completes
   * @return completes with the receipt or fails as {@link #submit(SyncItem, Ack)} throws
   */
  CompletableFuture<Receipt> submitAsync(SyncItem item, Ack ack);

  /**
   * Writes items at the default level.
   *
   * @param items the items
   * @return a receipt or an exception for each, in order; never throws for one item
   */
  BatchResult submitAll(Collection<SyncItem> items);

  /**
   * Writes items.
   *
   * @param items the items
   * @param ack the level to wait for
   * @return a receipt or an exception for each, in order; never throws for one item
   */
  BatchResult submitAll(Collection<SyncItem> items, Ack ack);

  /**
   * Writes items without waiting.
   *
   * @param items the items
   * @param ack the level at which each counts as acknowledged
   * @return completes when every item has its outcome
   */
  CompletableFuture<BatchResult> submitAllAsync(Collection<SyncItem> items, Ack ack);

  /**
   * Deletes an id, also an absent one, at the default level.
   *
   * @param id the id
   * @return the receipt
   * @throws IllegalStateException in caller mode, where the version has to be given
   */
  Receipt delete(String id);

  /**
   * Deletes an id.
   *
   * @param id the id
   * @param ack the level to wait for
   * @return the receipt
   * @throws IllegalStateException in caller mode, where the version has to be given
   */
  Receipt delete(String id, Ack ack);

  /**
   * Deletes an id under a version of the caller's, at the default level.
   *
   * @param id the id
   * @param version 1 or more
   * @return the receipt
   * @throws IllegalStateException in engine mode, where the engine gives versions
   * @throws IllegalArgumentException if the version is below 1
   */
  Receipt delete(String id, long version);

  /**
   * Deletes an id under a version of the caller's.
   *
   * @param id the id
   * @param version 1 or more
   * @param ack the level to wait for
   * @return the receipt
   * @throws IllegalStateException in engine mode, where the engine gives versions
   * @throws IllegalArgumentException if the version is below 1
   */
  Receipt delete(String id, long version, Ack ack);

  /**
   * Deletes an id without waiting.
   *
   * @param id the id
   * @param ack the level at which the future completes
   * @return completes with the receipt
   */
  CompletableFuture<Receipt> deleteAsync(String id, Ack ack);

  /**
   * Deletes an id under a version of the caller's without waiting.
   *
   * @param id the id
   * @param version 1 or more
   * @param ack the level at which the future completes
   * @return completes with the receipt
   */
  CompletableFuture<Receipt> deleteAsync(String id, long version, Ack ack);

  /**
   * Deletes ids at the default level.
   *
   * @param ids the ids
   * @return a receipt or an exception for each, in order
   * @throws IllegalStateException in caller mode
   */
  BatchResult deleteAll(Collection<String> ids);

  /**
   * Deletes ids.
   *
   * @param ids the ids
   * @param ack the level to wait for
   * @return a receipt or an exception for each, in order
   * @throws IllegalStateException in caller mode
   */
  BatchResult deleteAll(Collection<String> ids, Ack ack);

  /**
   * Deletes ids under versions of the caller's, at the default level.
   *
   * @param versions id to version, 1 or more
   * @return a receipt or an exception for each, in the map's order
   * @throws IllegalStateException in engine mode
   */
  BatchResult deleteAll(Map<String, Long> versions);

  /**
   * Deletes ids under versions of the caller's.
   *
   * @param versions id to version, 1 or more
   * @param ack the level to wait for
   * @return a receipt or an exception for each, in the map's order
   * @throws IllegalStateException in engine mode
   */
  BatchResult deleteAll(Map<String, Long> versions, Ack ack);

  /**
   * Deletes ids without waiting.
   *
   * @param ids the ids
   * @param ack the level at which each counts as acknowledged
   * @return completes when every id has its outcome
   */
  CompletableFuture<BatchResult> deleteAllAsync(Collection<String> ids, Ack ack);

  /**
   * Waits until the writes accepted so far are in the ground truth or among the dead letters, at
   * most {@code close_timeout_ms}.
   *
   * @return what was achieved
   */
  DrainReport flush();

  /**
   * Waits until the writes accepted so far are in the ground truth or among the dead letters.
   *
   * @param timeout how long at most; zero or less looks and does not wait
   * @return what was achieved
   */
  DrainReport flush(Duration timeout);

  /**
   * Reads an item. While {@link #health()} is DEGRADED the answer may be older than {@code
   * staleness_bound_ms}; {@link #read} says it of each answer.
   *
   * @param id the id
   * @return the item; empty only if a tombstone or the ground truth says so
   * @throws io.syncengine.model.TierUnavailableException if the tier that would know cannot be
   *     asked
   */
  Optional<SyncItem> get(String id);

  /**
   * Reads items.
   *
   * @param ids the ids
   * @return those that exist, in the order asked for
   * @throws io.syncengine.model.TierUnavailableException if the tier that would know cannot be
   *     asked; {@code found()} has what was found
   */
  Map<String, SyncItem> getAll(Collection<String> ids);

  /**
   * Reads an item without waiting.
   *
   * @param id the id
   * @return a completed future if memory has the item
   */
  CompletableFuture<Optional<SyncItem>> getAsync(String id);

  /**
   * Reads items without waiting.
   *
   * @param ids the ids
   * @return completes with those that exist
   */
  CompletableFuture<Map<String, SyncItem>> getAllAsync(Collection<String> ids);

  /**
   * Reads an item and says where the answer is from.
   *
   * @param id the id
   * @param options how it may be answered
   * @return the answer
   * @throws io.syncengine.model.TierUnavailableException if the tier that would know cannot be
   *     asked and no stale value may be or can be given
   * @throws io.syncengine.model.CorruptDataException with VERIFY, if the content does not match its
   *     hash
   */
  ReadResult read(String id, ReadOption... options);

  /**
   * Reads an item and checks its content hash.
   *
   * @param id the id
   * @return the item
   * @throws io.syncengine.model.CorruptDataException if the content does not match its hash
   */
  Optional<SyncItem> getVerified(String id);

  /**
   * Whether an id exists; exact.
   *
   * @param id the id
   * @return true if it does
   * @throws io.syncengine.model.TierUnavailableException if the tier that would know cannot be
   *     asked
   */
  boolean contains(String id);

  /**
   * Reads an item or computes and writes it if every tier says that it is absent. What is computed
   * gets the revision just above what the read saw, so that any real write wins. One computation an
   * id at a time in this instance.
   *
   * @param id the id
   * @param function called on this thread with the id; null means absent
   * @return the winner, or null if the function returned null
   * @throws IllegalArgumentException if the function returns an item of another id
   */
  @Nullable SyncItem getOrCompute(String id, Function<String, @Nullable SyncItem> function);

  /**
   * Where an id stands, tier by tier.
   *
   * @param id the id
   * @return the status; a tier that cannot be asked is UNKNOWN
   */
  ItemStatus status(String id);

  /**
   * All items of a dotted subtree in id-byte order: {@code a.b} is that id and all that start with
   * {@code a.b.}; {@code a.b.} leaves {@code a.b} itself out; empty is everything. An item
   * acknowledged before and unchanged during the scan appears exactly once.
   *
   * @param prefix the subtree
   * @return a lazy stream; it throws {@link io.syncengine.model.TierUnavailableException} in
   *     mid-way if the ground truth fails
   * @throws UnsupportedOperationException if the ground truth cannot scan
   */
  Stream<SyncItem> scan(String prefix);

  /**
   * Every commit of the ground truth behind a position, whoever made it, that changes an id of a
   * dotted subtree, in order and once. An event comes when this instance has followed the commit,
   * so that a {@code get} is not older than it. A subscriber is given what it asks for and nothing
   * is kept for it in memory beyond one page; it is called on the callback executor, by one thread
   * at a time. Where the ground truth fails, it waits.
   *
   * <p>Change rows are kept for {@code change_retention_ms}, and for {@code
   * change_retention_max_ms} where a subscriber of an engine still needs them.
   *
   * @param prefix the subtree, as in {@link #scan}
   * @param position where to go on from: the one that the last event had, or {@link
   *     ChangePosition#earliest} or {@link ChangePosition#latest}
   * @return a publisher for any number of subscribers. It completes when the engine is closed, and
   *     fails with {@link io.syncengine.model.PositionGoneException} if the change log does not
   *     reach back to the position, or another database or history stands there, and with {@link
   *     io.syncengine.model.CorruptDataException} if a row of it is damaged. What was not asked for
   *     by then is not given; it is there for who goes on from the last event
   * @throws UnsupportedOperationException if the ground truth keeps no change log
   */
  Flow.Publisher<ChangeEvent> changes(String prefix, ChangePosition position);

  /**
   * Compares what the tiers hold: L2 with the ground truth, or the ground truth with another
   * database; deep, also each row with itself. Writes nothing, and runs on the caller's thread
   * while reads and writes go on. Between two databases that keep digests, what engines left
   * different is found by a handful of requests, however many items there are; what L2 lacks is no
   * difference; changes behind the engine's back are found by a deep run alone.
   *
   * @param options what to look at
   * @return what was found
   * @throws io.syncengine.model.TierUnavailableException if a tier cannot be asked
   * @throws IllegalArgumentException if the other database's URL is the engine's own
   * @throws UnsupportedOperationException if the ground truth cannot be read that way
   */
  VerifyReport verify(VerifyOptions options);

  /**
   * Does as {@link #verify} and puts right what it finds. Between two databases the higher revision
   * wins, deletes included; between L2 and the ground truth the latter does, and damaged or lost
   * rows are restored from L2 only where the options say so. The purge horizon holds: a row that
   * may have been deleted on the other side is told as ambiguous and left. Everything is written
   * through the tiers' fences, so that nothing newer is lost, and running it again changes nothing.
   *
   * @param options what to look at and what to do
   * @return what was found and done
   * @throws IllegalStateException if the engine is read-only and this is no dry run
   * @throws io.syncengine.model.TierUnavailableException if a tier cannot be asked; what was
   *     repaired before stays so
   * @throws IllegalArgumentException if the other database's URL is the engine's own
   * @throws UnsupportedOperationException if the ground truth cannot be read that way
   */
  VerifyReport repair(VerifyOptions options);

  /**
   * The pressure now.
   *
   * @return value, level and causes
   */
  Pressure pressure();

  /**
   * Counters and gauges.
   *
   * @return the figures
   */
  EngineStats stats();

  /**
   * The engine's view of itself.
   *
   * @return UP, DEGRADED or DOWN with reasons
   */
  Health health();

  /**
   * The writes that the ground truth refused.
   *
   * @return the dead letters
   */
  DeadLetters deadLetters();

  /**
   * Tells each new state.
   *
   * @param listener called on the callback executor, in order
   * @return ends the listening
   */
  AutoCloseable onStateChange(Consumer<EngineState> listener);

  /**
   * Tells each change of the pressure level.
   *
   * @param listener called on the callback executor, in order
   * @return ends the listening
   */
  AutoCloseable onPressure(Consumer<Pressure> listener);

  /**
   * Tells of each acknowledged write that the ground truth found overtaken.
   *
   * @param listener called on the callback executor
   * @return ends the listening
   */
  AutoCloseable onSuperseded(Consumer<Receipt> listener);

  /**
   * Tells of each write that was put aside.
   *
   * @param listener called on the callback executor
   * @return ends the listening
   */
  AutoCloseable onDeadLetter(Consumer<DeadLetter> listener);
}
