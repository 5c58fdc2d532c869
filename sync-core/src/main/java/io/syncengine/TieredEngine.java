// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.cache.CacheFeeder;
import io.syncengine.change.ChangeFollower;
import io.syncengine.change.FilterKeeper;
import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.ChangeEvent;
import io.syncengine.model.ChangePosition;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.DeadLetters;
import io.syncengine.model.DrainReport;
import io.syncengine.model.EngineStats;
import io.syncengine.model.Health;
import io.syncengine.model.ItemId;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.Outcome;
import io.syncengine.model.Pressure;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import io.syncengine.model.VersionMode;
import io.syncengine.read.Subtree;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Scannable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fields and delegation: checks the state and the arguments, and hands each call to its road. Safe
 * from any thread; {@code lifecycle} decides alone who starts and who closes.
 */
final class TieredEngine implements SyncEngine {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final Duration THREADS_BOUND = Duration.ofSeconds(1);
  // Beyond every bound that the parts keep by themselves.
  private static final Duration LAST_RESORT = Duration.ofSeconds(30);

  private final Parts parts;
  private final Lifecycle lifecycle;
  private final Startup startup;
  private final Upkeep upkeep;
  private final WarmUp warmUp;
  private final Drain drain;
  private final DeadLetters deadLetters;
  private final CompletableFuture<Void> startEnded = new CompletableFuture<>();
  private final CompletableFuture<DrainReport> closed = new CompletableFuture<>();
  private final ConcurrentHashMap<String, Computation> computing = new ConcurrentHashMap<>();

  /** A computation under way; {@code by} is the thread whose caller's function runs. */
  private record Computation(Thread by, CompletableFuture<@Nullable SyncItem> result) {}

  private TieredEngine(SyncEngineConfig config) {
    this.parts = new Parts(config);
    this.lifecycle = new Lifecycle(parts.stateListeners);
    this.startup = new Startup(parts);
    this.upkeep = new Upkeep(parts, startup, () -> parts.readers.execute(this::close));
    this.warmUp = new WarmUp(parts);
    this.drain = new Drain(parts);
    this.deadLetters =
        new EngineDeadLetters(
            parts.deadLetters,
            parts.writes,
            config.versionMode(),
            this::requireWritable,
            parts.callbacks);
  }

  static SyncEngine create(SyncEngineConfig config) {
    return new TieredEngine(Objects.requireNonNull(config, "config"));
  }

  @Override
  public void start() {
    lifecycle.to(EngineState.CONNECTING);
    try {
      startup.connect();
      lifecycle.to(EngineState.DRAINING_WAL);
      startup.replay();
      lifecycle.to(EngineState.SYNCING_REDIS);
      startup.joinCache();
      lifecycle.to(EngineState.WARMING_UP);
      warmUp.begin(parts.readers);
      lifecycle.to(EngineState.READY);
      begin();
      lifecycle.to(EngineState.RUNNING);
    } catch (RuntimeException | Error e) {
      lifecycle.tryTo(EngineState.FAILED);
      throw e;
    } finally {
      startEnded.complete(null);
    }
    LOG.log(
        System.Logger.Level.INFO,
        "engine " + config().name() + " runs; the ground truth is " + parts.truth.description());
  }

  private void begin() {
    if (parts.truth.has(ChangeLog.class)) {
      parts.follower.poll();
    }
    if (parts.cache != null) {
      parts.cache.feeder().start();
    }
    if (parts.filter != null) {
      parts.filter.start();
    }
    if (!config().readOnly()) {
      parts.flusher.added();
    }
    upkeep.start();
  }

  @Override
  public EngineState state() {
    return lifecycle.state();
  }

  @Override
  public SyncEngineConfig config() {
    return parts.config();
  }

  @Override
  public Set<String> reconfigure(SyncEngineConfig config) {
    Objects.requireNonNull(config, "config");
    lifecycle.requireRunning();
    synchronized (closed) {
      Set<String> cold = config().differences(config, false);
      if (!cold.isEmpty()) {
        throw new IllegalArgumentException(
            "these options take a restart, and nothing was changed: " + cold);
      }
      Set<String> changed = config().differences(config, true);
      parts.configure(config);
      if (!config.readOnly()) {
        parts.flusher.added();
      }
      return changed;
    }
  }

  @Override
  public void close() {
    close(config().closeTimeout());
  }

  @Override
  public DrainReport close(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    // A close is carried through even on an interrupted thread, which keeps its flag.
    boolean interrupted = Thread.interrupted();
    try {
      if (lifecycle.tryToCloseUnused()) {
        startEnded.complete(null);
        finish(false, timeout);
      } else {
        await(startEnded, timeout.plus(config().tierTimeout()).plus(LAST_RESORT));
        boolean ran = lifecycle.tryTo(EngineState.SHUTTING_DOWN);
        if (ran || lifecycle.tryToCloseUnused()) {
          finish(ran, timeout);
        }
      }
      return await(closed, timeout.plus(config().tierTimeout()).plus(LAST_RESORT));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void finish(boolean ran, Duration timeout) {
    warmUp.stop();
    try {
      closed.complete(drain.close(ran, timeout, upkeep, startup));
    } catch (RuntimeException | Error e) {
      closed.completeExceptionally(e);
    } finally {
      lifecycle.tryTo(EngineState.CLOSED);
      parts.threads.close(THREADS_BOUND);
    }
  }

  private void requireWritable() {
    lifecycle.requireRunning();
    if (config().readOnly()) {
      throw new IllegalStateException("the engine was opened with read_only and takes no writes");
    }
  }

  // --- writes

  @Override
  public Receipt submit(SyncItem item) {
    return submit(item, parts.writes.defaultAck());
  }

  @Override
  public Receipt submit(SyncItem item, Ack ack) {
    return acknowledged(submitInside(item, ack));
  }

  @Override
  public CompletableFuture<Receipt> submitAsync(SyncItem item, Ack ack) {
    return forUser(submitInside(item, ack));
  }

  private CompletableFuture<Receipt> submitInside(SyncItem item, Ack ack) {
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(ack, "ack");
    requireWritable();
    return parts.writes.submit(item, ack);
  }

  /** A future of its own for the user, whose continuations run on the callback executor. */
  private <T> CompletableFuture<T> forUser(CompletableFuture<T> inside) {
    if (inside.isDone()) {
      return inside.copy();
    }
    CompletableFuture<T> user = new CompletableFuture<>();
    CompletableFuture<T> unused =
        inside.whenComplete(
            (result, failure) ->
                parts.callbacks.accept(
                    () -> {
                      if (failure == null) {
                        user.complete(result);
                      } else {
                        user.completeExceptionally(failure);
                      }
                    }));
    return user;
  }

  @Override
  public BatchResult submitAll(Collection<SyncItem> items) {
    return submitAll(items, parts.writes.defaultAck());
  }

  @Override
  public BatchResult submitAll(Collection<SyncItem> items, Ack ack) {
    return collect(each(items, "items", item -> submitInside(item, ack)));
  }

  @Override
  public CompletableFuture<BatchResult> submitAllAsync(Collection<SyncItem> items, Ack ack) {
    return collectAsync(each(items, "items", item -> submitInside(item, ack)));
  }

  @Override
  public Receipt delete(String id) {
    return delete(id, parts.writes.defaultAck());
  }

  @Override
  public Receipt delete(String id, Ack ack) {
    return acknowledged(deleteInside(id, ack));
  }

  @Override
  public Receipt delete(String id, long version) {
    return delete(id, version, parts.writes.defaultAck());
  }

  @Override
  public Receipt delete(String id, long version, Ack ack) {
    return acknowledged(deleteInside(id, version, ack));
  }

  @Override
  public CompletableFuture<Receipt> deleteAsync(String id, Ack ack) {
    return forUser(deleteInside(id, ack));
  }

  private CompletableFuture<Receipt> deleteInside(String id, Ack ack) {
    requireMode(VersionMode.ENGINE, "version_mode is caller: give the delete's version");
    return deleteChecked(id, 0, ack);
  }

  @Override
  public CompletableFuture<Receipt> deleteAsync(String id, long version, Ack ack) {
    return forUser(deleteInside(id, version, ack));
  }

  private CompletableFuture<Receipt> deleteInside(String id, long version, Ack ack) {
    requireMode(VersionMode.CALLER, "version_mode is engine: the engine gives versions");
    if (version < 1) {
      throw new IllegalArgumentException("version is " + version + "; it must be 1 or more");
    }
    return deleteChecked(id, version, ack);
  }

  private CompletableFuture<Receipt> deleteChecked(String id, long version, Ack ack) {
    ItemId.requireValid(id);
    Objects.requireNonNull(ack, "ack");
    requireWritable();
    return parts.writes.delete(id, version, ack);
  }

  private void requireMode(VersionMode mode, String message) {
    if (config().versionMode() != mode) {
      throw new IllegalStateException(message);
    }
  }

  @Override
  public BatchResult deleteAll(Collection<String> ids) {
    return deleteAll(ids, parts.writes.defaultAck());
  }

  @Override
  public BatchResult deleteAll(Collection<String> ids, Ack ack) {
    requireMode(VersionMode.ENGINE, "version_mode is caller: give each delete's version");
    return collect(each(ids, "ids", id -> deleteInside(id, ack)));
  }

  @Override
  public BatchResult deleteAll(Map<String, Long> versions) {
    return deleteAll(versions, parts.writes.defaultAck());
  }

  @Override
  public BatchResult deleteAll(Map<String, Long> versions, Ack ack) {
    Objects.requireNonNull(versions, "versions");
    requireMode(VersionMode.CALLER, "version_mode is engine: the engine gives versions");
    return collect(
        each(versions.entrySet(), "versions", e -> deleteInside(e.getKey(), e.getValue(), ack)));
  }

  @Override
  public CompletableFuture<BatchResult> deleteAllAsync(Collection<String> ids, Ack ack) {
    requireMode(VersionMode.ENGINE, "version_mode is caller: give each delete's version");
    return collectAsync(each(ids, "ids", id -> deleteInside(id, ack)));
  }

  private <T> List<CompletableFuture<Receipt>> each(
      Collection<T> inputs, String name, Function<T, CompletableFuture<Receipt>> write) {
    Objects.requireNonNull(inputs, name);
    requireWritable();
    List<CompletableFuture<Receipt>> futures = new ArrayList<>(inputs.size());
    for (T input : inputs) {
      CompletableFuture<Receipt> future;
      try {
        future = write.apply(input);
      } catch (RuntimeException e) {
        future = CompletableFuture.failedFuture(e);
      }
      futures.add(future);
    }
    return futures;
  }

  private BatchResult collect(List<CompletableFuture<Receipt>> futures) {
    List<BatchResult.Entry> entries = new ArrayList<>(futures.size());
    for (CompletableFuture<Receipt> future : futures) {
      try {
        entries.add(new BatchResult.Entry(acknowledged(future), null));
      } catch (RuntimeException e) {
        entries.add(new BatchResult.Entry(null, e));
      }
    }
    return new BatchResult(entries);
  }

  private CompletableFuture<BatchResult> collectAsync(List<CompletableFuture<Receipt>> futures) {
    return forUser(
        CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
            .handle((done, failure) -> collect(futures)));
  }

  /** Waits for an ack; the write road ends the wait in time, so the bound is only a last resort. */
  private Receipt acknowledged(CompletableFuture<Receipt> future) {
    if (future.isDone()) {
      return await(future, Duration.ZERO);
    }
    Duration bound =
        config().ackTimeout().multipliedBy(2).plus(config().throttleMaxWait()).plus(LAST_RESORT);
    return await(future, bound);
  }

  private static <T> T await(CompletableFuture<T> future, Duration bound) {
    try {
      return future.get(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new SyncEngineException("the call failed", e.getCause());
    } catch (TimeoutException e) {
      throw new SyncEngineException("the call took too long; its outcome is unknown", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SyncEngineException("interrupted while waiting; an accepted write stands", e);
    }
  }

  @Override
  public DrainReport flush() {
    return flush(config().closeTimeout());
  }

  @Override
  public DrainReport flush(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    requireWritable();
    return drain.flush(timeout);
  }

  // --- reads

  @Override
  public Optional<SyncItem> get(String id) {
    lifecycle.requireRunning();
    SyncItem hit = parts.reads.hit(Objects.requireNonNull(id, "id"));
    return hit != null ? Optional.of(hit) : Optional.ofNullable(miss(id));
  }

  private @Nullable SyncItem miss(String id) {
    return parts.reads.get(ItemId.requireValid(id));
  }

  @Override
  public Map<String, SyncItem> getAll(Collection<String> ids) {
    Objects.requireNonNull(ids, "ids");
    lifecycle.requireRunning();
    ids.forEach(ItemId::requireValid);
    return parts.reads.getAll(ids);
  }

  @Override
  public CompletableFuture<Optional<SyncItem>> getAsync(String id) {
    lifecycle.requireRunning();
    SyncItem hit = parts.reads.hit(ItemId.requireValid(id));
    return hit != null
        ? CompletableFuture.completedFuture(Optional.of(hit))
        : later(() -> Optional.ofNullable(parts.reads.get(id)));
  }

  @Override
  public CompletableFuture<Map<String, SyncItem>> getAllAsync(Collection<String> ids) {
    Objects.requireNonNull(ids, "ids");
    lifecycle.requireRunning();
    ids.forEach(ItemId::requireValid);
    List<String> copy = List.copyOf(ids);
    return later(() -> parts.reads.getAll(copy));
  }

  /** Reads on a reader's thread, answers on the callback executor. */
  private <T> CompletableFuture<T> later(Supplier<T> read) {
    CompletableFuture<T> future = new CompletableFuture<>();
    try {
      parts.readers.execute(
          () -> {
            try {
              future.complete(read.get());
            } catch (RuntimeException e) {
              future.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(
          new TierUnavailableException(
              parts.truth.name(), "load", "too many reads wait for the ground truth", e));
    }
    return forUser(future);
  }

  @Override
  public ReadResult read(String id, ReadOption... options) {
    ItemId.requireValid(id);
    lifecycle.requireRunning();
    Set<ReadOption> set = EnumSet.noneOf(ReadOption.class);
    set.addAll(List.of(options));
    return parts.reads.read(id, set);
  }

  @Override
  public Optional<SyncItem> getVerified(String id) {
    return read(id, ReadOption.VERIFY).item();
  }

  @Override
  public boolean contains(String id) {
    return get(id).isPresent();
  }

  @Override
  public @Nullable SyncItem getOrCompute(String id, Function<String, @Nullable SyncItem> function) {
    Objects.requireNonNull(function, "function");
    ItemId.requireValid(id);
    requireWritable();
    SyncItem known = parts.reads.hit(id);
    if (known != null) {
      return known;
    }
    Computation mine = new Computation(Thread.currentThread(), new CompletableFuture<>());
    Computation first = computing.putIfAbsent(id, mine);
    if (first != null) {
      if (first.by == mine.by) {
        throw new IllegalStateException("the function asks for the id that it computes");
      }
      // As long as the first caller's function takes; its result or failure always comes.
      return await(first.result, Duration.ofNanos(Long.MAX_VALUE));
    }
    try {
      SyncItem winner = compute(id, function);
      mine.result.complete(winner);
      return winner;
    } catch (RuntimeException | Error e) {
      mine.result.completeExceptionally(e);
      throw e;
    } finally {
      computing.remove(id, mine);
    }
  }

  private @Nullable SyncItem compute(String id, Function<String, @Nullable SyncItem> function) {
    Entry seen = parts.reads.entry(id);
    if (seen != null && !seen.tombstone()) {
      return seen.toItem();
    }
    SyncItem computed = function.apply(id);
    if (computed == null) {
      return null;
    }
    if (!computed.id().equals(id)) {
      throw new IllegalArgumentException("the function returned an item of another id");
    }
    Receipt receipt =
        acknowledged(
            parts.writes.submitJustAbove(
                computed, seen == null ? null : seen.revision(), parts.writes.defaultAck()));
    return receipt.outcome() == Outcome.APPLIED
        ? computed.stamped(receipt.version(), parts.time.currentTimeMillis())
        : parts.reads.get(id);
  }

  @Override
  public ItemStatus status(String id) {
    ItemId.requireValid(id);
    lifecycle.requireRunning();
    return new ItemStatus(parts.reads.status(id), parts.deadLetters.newest(id));
  }

  @Override
  public Stream<SyncItem> scan(String prefix) {
    Objects.requireNonNull(prefix, "prefix");
    lifecycle.requireRunning();
    if (!parts.truth.has(Scannable.class)) {
      throw new UnsupportedOperationException("the ground truth does not offer Scannable");
    }
    return parts.scans.scan(Subtree.of(prefix));
  }

  @Override
  public Flow.Publisher<ChangeEvent> changes(String prefix, ChangePosition position) {
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(position, "position");
    lifecycle.requireRunning();
    if (!parts.truth.has(ChangeLog.class)) {
      throw new UnsupportedOperationException("the ground truth does not offer ChangeLog");
    }
    return parts.feed.from(position, Subtree.of(prefix)::contains);
  }

  @Override
  public VerifyReport verify(VerifyOptions options) {
    Objects.requireNonNull(options, "options");
    lifecycle.requireRunning();
    return verified(options, false);
  }

  @Override
  public VerifyReport repair(VerifyOptions options) {
    Objects.requireNonNull(options, "options");
    if (options.dryRun()) {
      lifecycle.requireRunning();
    } else {
      requireWritable();
    }
    return verified(options, true);
  }

  private VerifyReport verified(VerifyOptions options, boolean repair) {
    if (options.against().isEmpty()) {
      return parts.verifier.run(options, repair, null);
    }
    // Not told by the database's id, which a restored backup and a replica have, too.
    if (options.against().equals(config().sqlUrl())) {
      throw new IllegalArgumentException(
          "the other database is the engine's own; give another's URL");
    }
    TierPort other = parts.other(options.against().get(), !repair || options.dryRun());
    try {
      parts.retries(config()::queryRetry).run(() -> other.open(info -> {}));
      return parts.verifier.run(options, repair, other);
    } finally {
      other.close();
    }
  }

  // --- insight

  @Override
  public Pressure pressure() {
    lifecycle.requireRunning();
    return parts.pressure.now();
  }

  @Override
  public EngineStats stats() {
    lifecycle.requireRunning();
    LogParts log = parts.log;
    CacheFeeder cache = parts.cache == null ? null : parts.cache.feeder();
    FilterKeeper filter = parts.filter;
    ChangeFollower.Position position = parts.follower.position();
    return new EngineStats(
        parts.memory.count(),
        parts.memory.bytes(),
        parts.reads.hits(),
        parts.reads.misses(),
        parts.memory.evictions(),
        parts.pending.count(),
        parts.pending.memoryBytes(),
        Duration.ofNanos(parts.pending.oldestNanos()),
        parts.pending.spilled(),
        parts.writes.submitted(),
        parts.writes.rejected(),
        parts.flusher.persisted(),
        parts.flusher.superseded(),
        parts.flusher.deadLettered(),
        parts.flusher.flushes(),
        parts.flusher.failures(),
        log == null ? 0 : log.wal().bytes(),
        log == null ? 0 : log.appender().groups(),
        log == null ? 0 : log.appender().entries(),
        cache == null ? 0 : cache.hits(),
        cache == null ? 0 : cache.misses(),
        cache == null ? 0 : cache.refused(),
        cache == null ? 0 : cache.repaired(),
        cache == null ? 0 : cache.lag(),
        filter != null && filter.trusted(),
        filter == null ? 0 : filter.count(),
        filter == null ? 0 : filter.bytes(),
        filter == null ? 1 : filter.falsePositiveRate(),
        filter == null ? 0 : filter.absences(),
        filter == null ? 0 : filter.builds(),
        parts.reads.truthReads(),
        parts.reads.truthHits(),
        parts.follower.followed(),
        position == null ? 0 : position.sequence(),
        parts.propagation.quantile(0.5),
        parts.propagation.quantile(0.99));
  }

  @Override
  public Health health() {
    return new Diagnosis(parts, upkeep).health(lifecycle.state());
  }

  @Override
  public DeadLetters deadLetters() {
    lifecycle.requireRunning();
    return deadLetters;
  }

  @Override
  public AutoCloseable onStateChange(Consumer<EngineState> listener) {
    return parts.stateListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public AutoCloseable onPressure(Consumer<Pressure> listener) {
    return parts.pressureListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public AutoCloseable onSuperseded(Consumer<Receipt> listener) {
    return parts.supersededListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public AutoCloseable onDeadLetter(Consumer<DeadLetter> listener) {
    return parts.deadLetterListeners.add(Objects.requireNonNull(listener, "listener"));
  }
}
