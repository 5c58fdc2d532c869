// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.batch.SerialTask;
import io.syncengine.cache.CacheFeeder;
import io.syncengine.change.ChangeFeed;
import io.syncengine.change.ChangeFollower;
import io.syncengine.change.FilterKeeper;
import io.syncengine.change.PropagationTimes;
import io.syncengine.memory.TanCurve;
import io.syncengine.model.Ack;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.Outcome;
import io.syncengine.model.Pressure;
import io.syncengine.model.Receipt;
import io.syncengine.model.RetryPolicy;
import io.syncengine.model.Source;
import io.syncengine.model.VersionMode;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Stripes;
import io.syncengine.pressure.DrainRate;
import io.syncengine.pressure.PressureGauge;
import io.syncengine.pressure.PressureLevels;
import io.syncengine.read.ReadRoad;
import io.syncengine.read.ScanRoad;
import io.syncengine.resilience.CircuitBreaker;
import io.syncengine.resilience.Pauses;
import io.syncengine.resilience.Retries;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Batcher;
import io.syncengine.spi.BatcherProvider;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Codec;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ExistenceFilterProvider;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.MemoryTierProvider;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.Snapshots;
import io.syncengine.spi.Telemetry;
import io.syncengine.spi.TierRole;
import io.syncengine.spi.TimeSource;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.verify.Verifier;
import io.syncengine.write.Flusher;
import io.syncengine.write.LogAppender;
import io.syncengine.write.RevisionClock;
import io.syncengine.write.WriteRoad;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Builds the parts of an engine and connects them; touches no file, server or thread. */
final class Parts {
  private static final System.Logger LOG = System.getLogger("io.syncengine");

  private static final int READERS = 4;
  private static final int MAX_READS_WAITING = 10_000;

  final TimeSource time;
  final FailPoints failPoints;
  final EngineThreads threads;
  final Scheduler scheduler;
  final Executor readers;
  final Consumer<Runnable> callbacks;
  final Listeners<EngineState> stateListeners;
  final Listeners<Pressure> pressureListeners;
  final Listeners<Receipt> supersededListeners;
  final Listeners<DeadLetter> deadLetterListeners;

  /** What there is because there is a log; null without one. */
  final @Nullable LogParts log;

  private final @Nullable InMemoryTier ownTruth;
  final RandomGenerator random;
  final CircuitBreaker breaker;
  final TierPort truth;
  final Identity identity;
  final Stripes stripes = new Stripes();
  final MemoryTier memory;
  final Pending pending;
  final DeadLetterStore deadLetters;
  final RevisionClock clock;
  final PressureGauge pressure;
  final DrainRate drain = new DrainRate();
  final Flusher flusher;
  final ChangeFollower follower;
  final WriteRoad writes;

  final PropagationTimes propagation = new PropagationTimes();

  final ChangeFeed feed;

  /** The filter over the ground truth's ids; null without one. */
  final @Nullable FilterKeeper filter;

  /** The cache before the ground truth; null without one. */
  final @Nullable CacheParts cache;

  final ReadRoad reads;
  final ScanRoad scans;
  final Verifier verifier;
  private final Resolution resolution;
  private final Telemetry telemetry;
  private final BatcherProvider batchers;
  // The configuration in force; replaced as a whole by reconfigure.
  private volatile SyncEngineConfig config;
  // Size of the log and use of its volume, measured now and then: asking is a call to the system.
  private volatile long logBytes;
  private volatile double diskUse;

  Parts(SyncEngineConfig config) {
    this.config = config;
    this.time = config.object(TimeSource.class).orElse(TimeSource.SYSTEM);
    this.failPoints = config.object(FailPoints.class).orElse(FailPoints.OFF);
    this.threads = new EngineThreads(config.name(), time);
    this.scheduler = config.object(Scheduler.class).orElseGet(threads::scheduler);
    this.readers = threads.bounded("read", READERS, MAX_READS_WAITING);
    this.callbacks = callbacks(config);
    this.stateListeners = new Listeners<>(callbacks);
    this.pressureListeners = new Listeners<>(callbacks);
    this.supersededListeners = new Listeners<>(callbacks);
    this.deadLetterListeners = new Listeners<>(callbacks);
    this.resolution = new Resolution(config);
    Optional<WriteAheadLog> chosenLog = resolution.log();
    Resolution.Truth chosen = resolution.truth();
    this.ownTruth = chosen.own() ? (InMemoryTier) chosen.tier() : null;
    this.identity =
        new Identity(
            config,
            chosen.source() == Source.L2 ? "L2" : "L3",
            chosen.providerName(),
            chosen.url(),
            time,
            failPoints);
    this.telemetry = resolution.telemetry();
    this.random = config.object(RandomGenerator.class).orElse(SHARED_RANDOM);
    this.breaker =
        new CircuitBreaker(
            breakerSettings(config, config.tierTimeout()),
            time,
            moved(identity.tierName(), this::groundTruthIsBack));
    this.truth =
        new TierPort(
            chosen.tier(),
            identity,
            resolution.codec(),
            resolution.codecs(),
            telemetry,
            breaker,
            retries(() -> this.config.queryRetry()));
    this.memory = memory(config, resolution);
    this.pending = new Pending(stripes, memory, time, failPoints);
    this.deadLetters =
        chosenLog.<DeadLetterStore>map(LoggedDeadLetters::new).orElseGet(MemoryDeadLetters::new);
    this.clock = new RevisionClock(time, 0);
    this.batchers = resolution.batcher();
    this.pressure =
        new PressureGauge(
            gauges(chosenLog.isPresent()), levels(config), time, pressureListeners::tell);
    this.flusher =
        new Flusher(
            pending,
            truth,
            resolution.mergeStrategy(),
            deadLetters,
            batcher(config),
            config.daemonRetry(),
            drain,
            new FlusherEvents(),
            time,
            scheduler,
            random,
            failPoints,
            threads.pool("flush", 1),
            onError("flusher"));
    this.follower =
        new ChangeFollower(
            truth,
            new FollowerListener(),
            config.changePoll().toNanos(),
            time,
            scheduler,
            threads.pool("follow", 1),
            failPoints,
            onError("follower"));
    this.feed =
        new ChangeFeed(
            truth,
            follower::position,
            () -> this.config.changePoll(),
            time,
            scheduler,
            threads.pool("feed", 1),
            callbacks::accept);
    this.filter =
        resolution.filter(chosen).map(provider -> filterKeeper(provider, chosenLog)).orElse(null);
    this.cache = resolution.cache(chosen).map(this::cacheParts).orElse(null);
    this.log = chosenLog.map(this::logParts).orElse(null);
    this.writes =
        new WriteRoad(
            pending,
            clock,
            log == null ? null : log.appender(),
            flusher,
            pressure::level,
            drain,
            limits(config),
            config.versionMode(),
            identity::instanceId,
            time,
            scheduler,
            failPoints);
    this.reads =
        new ReadRoad(
            memory,
            pending,
            stripes,
            truth,
            chosen.source(),
            filter,
            cache == null ? null : cache.feeder(),
            config.tierTimeout(),
            fromLog(),
            clock::observe,
            this::stale,
            time);
    this.scans = new ScanRoad(reads, pending, truth, fromLog(), this::seenInTruth);
    this.verifier =
        new Verifier(
            truth,
            cache == null ? null : cache.port(),
            () -> cache == null ? null : cache.feeder().usable(),
            this::repaired,
            this::mayLack,
            () -> this.config.stalenessBound().plus(this.config.changePoll().multipliedBy(2)),
            time,
            new Pauses(scheduler));
    spillAbove(config);
  }

  // ThreadLocalRandom is per thread by itself; the generator handed around only delegates to it.
  private static final RandomGenerator SHARED_RANDOM = () -> ThreadLocalRandom.current().nextLong();

  /** Takes the hot options of a configuration. */
  void configure(SyncEngineConfig newConfig) {
    config = newConfig;
    pressure.levels(levels(newConfig));
    flusher.configure(batcher(newConfig), newConfig.daemonRetry());
    breaker.configure(breakerSettings(newConfig, newConfig.tierTimeout()));
    if (cache != null) {
      cache.breaker().configure(breakerSettings(newConfig, newConfig.l2Timeout()));
      cache.feeder().configure(cacheSettings(newConfig));
    }
    if (filter != null) {
      filter.configure(filterSettings(newConfig));
    }
    follower.pollEvery(newConfig.changePoll().toNanos());
    writes.configure(limits(newConfig));
    spillAbove(newConfig);
    fitMemory();
  }

  private FilterKeeper filterKeeper(
      ExistenceFilterProvider provider, Optional<WriteAheadLog> keptIn) {
    return new FilterKeeper(
        truth,
        provider,
        config.readOnly()
            ? null
            : keptIn.flatMap(wal -> wal.capability(Snapshots.class)).orElse(null),
        this::stale,
        filterSettings(config),
        time,
        scheduler,
        failPoints,
        threads.pool("filter", 1),
        onError("filter keeper"));
  }

  private FilterKeeper.Settings filterSettings(SyncEngineConfig c) {
    return new FilterKeeper.Settings(
        c.filterSnapshot().toNanos(),
        c.filterSnapshotChanges(),
        failures -> c.daemonRetry().pause(failures, random));
  }

  private CacheParts cacheParts(Resolution.Second second) {
    CircuitBreaker ownBreaker =
        new CircuitBreaker(
            breakerSettings(config, config.l2Timeout()), time, moved("L2", this::cacheIsBack));
    TierPort port =
        new TierPort(
            second.tier(),
            new Identity(
                identity,
                "L2",
                second.providerName(),
                second.url(),
                TierRole.CACHE,
                config.readOnly()),
            Codec.IDENTITY,
            resolution.codecs(),
            telemetry,
            ownBreaker,
            retries(() -> this.config.queryRetry()));
    CacheFeeder feeder =
        new CacheFeeder(
            port,
            truth,
            follower,
            identity::instanceId,
            cacheSettings(config),
            config.readOnly(),
            time,
            scheduler,
            random,
            failPoints,
            threads.pool("cache", 1),
            onError("cache feeder"));
    return new CacheParts(port, ownBreaker, feeder);
  }

  /** Another database to compare with or to repair, not open yet. */
  TierPort other(String url, boolean readOnly) {
    Resolution.Second other = resolution.at(url);
    return new TierPort(
        other.tier(),
        new Identity(
            identity, "other", other.providerName(), other.url(), TierRole.GROUND_TRUTH, readOnly),
        resolution.codec(),
        resolution.codecs(),
        telemetry,
        new CircuitBreaker(
            breakerSettings(config, config.tierTimeout()), time, moved("other", () -> {})),
        retries(() -> this.config.queryRetry()));
  }

  private CacheFeeder.Settings cacheSettings(SyncEngineConfig c) {
    return new CacheFeeder.Settings(
        c.changePoll().toNanos(),
        c.stalenessBound().toNanos(),
        c.l2MaxLag(),
        c.l2QueueBytes(),
        failures -> c.daemonRetry().pause(failures, random));
  }

  private LogParts logParts(WriteAheadLog chosen) {
    LogAppender appender =
        new LogAppender(
            chosen,
            pending,
            clock,
            time,
            scheduler,
            threads.pool("log", 1),
            failPoints,
            telemetry,
            () -> published(chosen),
            onError("log"));
    return new LogParts(chosen, appender, new ClockKeeper(chosen, clock, appender::loggedCeiling));
  }

  private void spillAbove(SyncEngineConfig c) {
    if (log != null && !c.readOnly()) {
      pending.spillAbove(c.l1MaxBytes() / 2);
    }
  }

  SyncEngineConfig config() {
    return config;
  }

  /** A task on a thread of its own. */
  SerialTask task(String role, Runnable body) {
    return new SerialTask(threads.pool(role, 1), scheduler, time, body, onError(role));
  }

  /** Gives memory what pressure leaves of the budget. */
  void fitMemory() {
    long room = Math.max(0, config.l1MaxBytes() - unevictableBytes());
    memory.resize((long) (room * TanCurve.share(pressure.value())));
  }

  /** Looks at the log and the volume under it. */
  void measureLog() {
    if (log != null) {
      logBytes = log.wal().bytes();
      diskUse = log.wal().diskUse();
    }
  }

  /** Writes were appended and shown. */
  private void published(WriteAheadLog written) {
    logBytes = written.bytes();
    flusher.added();
  }

  /** Whether this instance has not seen the end of the change log within the bound. */
  boolean stale() {
    return truth.has(ChangeLog.class)
        && (!follower.confirmed()
            || follower.nanosSinceConfirmed() > config.stalenessBound().toNanos());
  }

  private long unevictableBytes() {
    long bytes = pending.memoryBytes() + deadLetters.memoryBytes();
    if (log != null) {
      bytes += log.appender().queuedBytes();
    }
    return ownTruth == null ? bytes : bytes + ownTruth.bytes();
  }

  private Map<String, DoubleSupplier> gauges(boolean withLog) {
    Map<String, DoubleSupplier> gauges = new LinkedHashMap<>();
    gauges.put("memory", () -> (double) unevictableBytes() / config.l1MaxBytes());
    if (withLog) {
      gauges.put("log", () -> (double) logBytes / config.walMaxBytes());
      gauges.put("disk", () -> diskUse);
    }
    return gauges;
  }

  private Function<LogPlace, Optional<Entry>> fromLog() {
    return log == null ? place -> Optional.empty() : log.wal()::read;
  }

  private Consumer<Runnable> callbacks(SyncEngineConfig config) {
    Executor used = config.object(Executor.class).orElseGet(() -> threads.pool("callback", 2));
    return task -> {
      try {
        used.execute(task);
      } catch (RejectedExecutionException e) {
        // Nobody is lost without an answer because the executor has ended before the engine.
        task.run();
      }
    };
  }

  private static Consumer<Throwable> onError(String role) {
    return e -> LOG.log(System.Logger.Level.ERROR, "the " + role + " met an error and goes on", e);
  }

  private MemoryTier memory(SyncEngineConfig config, Resolution resolution) {
    MemoryTierProvider provider = resolution.memoryTier();
    return provider.create(
        new MemoryTierConfig() {
          @Override
          public long maxBytes() {
            return config.l1MaxBytes();
          }

          @Override
          public TimeSource timeSource() {
            return time;
          }

          @Override
          public RandomGenerator random() {
            return config.object(RandomGenerator.class).orElse(SHARED_RANDOM);
          }

          @Override
          public Map<String, String> properties() {
            return config.providerProperties(provider.name());
          }
        });
  }

  private Batcher batcher(SyncEngineConfig c) {
    return batchers.create(
        new BatcherProvider.Config() {
          @Override
          public int flushCount() {
            return c.batchFlushCount();
          }

          @Override
          public long flushBytes() {
            return c.batchFlushBytes();
          }

          @Override
          public Duration flushInterval() {
            return c.batchFlushInterval();
          }

          @Override
          public Map<String, String> properties() {
            return c.providerProperties(batchers.name());
          }
        });
  }

  private static PressureLevels levels(SyncEngineConfig c) {
    return new PressureLevels(
        c.backpressureWarn(), c.backpressureCritical(), c.shutdownAfter().toNanos());
  }

  /** Tries of a call, on the thread that makes it. */
  Retries retries(Supplier<RetryPolicy> policy) {
    return new Retries(policy, config.tierTimeout(), time, scheduler, random);
  }

  private static CircuitBreaker.Settings breakerSettings(SyncEngineConfig c, Duration timeout) {
    return new CircuitBreaker.Settings(
        c.breakerWindow(),
        c.breakerMinCalls(),
        c.breakerFailureRate(),
        c.breakerSlowRate(),
        c.breakerSlow().toNanos(),
        c.breakerOpen().toNanos(),
        c.breakerTrialCalls(),
        2 * timeout.toNanos());
  }

  private static BiConsumer<CircuitBreaker.State, CircuitBreaker.State> moved(
      String tier, Runnable isBack) {
    return (before, after) -> {
      LOG.log(
          System.Logger.Level.WARNING,
          tier + ": the circuit breaker went from " + before + " to " + after);
      if (after == CircuitBreaker.State.CLOSED) {
        isBack.run();
      }
    };
  }

  private void cacheIsBack() {
    if (cache != null) {
      cache.feeder().kick();
    }
  }

  private void seenInTruth(Entry entry) {
    if (filter != null) {
      filter.seen(entry);
    }
    if (cache != null) {
      cache.feeder().seen(entry);
    }
  }

  /** What was missed is followed, and what waits is flushed, without waiting out a pause. */
  void groundTruthIsBack() {
    follower.poll();
    if (!config.readOnly()) {
      flusher.retryNow();
    }
  }

  private static WriteRoad.Limits limits(SyncEngineConfig c) {
    return new WriteRoad.Limits(
        c.maxContentBytes(), c.ackTimeout(), c.throttleMaxWait(), c.clockTolerance());
  }

  /** This instance has committed a change row. */
  private void committed(ChangeRow row, long previousTag, List<Entry> written) {
    if (cache != null) {
      cache.feeder().committed(row, written);
    }
    follower.own(row, previousTag);
  }

  /** Whether the cache may not reflect a change row of an id yet, and is believed accordingly. */
  private boolean mayLack(String id, long sequence) {
    ChangeFollower.Position at = follower.position();
    return cache != null
        && (at == null || sequence > at.sequence() || cache.feeder().floor(id) != null);
  }

  /** The same of a batch that the verifier wrote. */
  private void repaired(ApplyResult result, List<Entry> written) {
    if (result.row() != null) {
      committed(result.row(), result.previousTag(), written);
    }
  }

  /** Connects the flusher with the follower, the log and the listeners. */
  private final class FlusherEvents implements Flusher.Events {
    @Override
    public void sending(long highestVersion) {
      if (log != null && config.versionMode() == VersionMode.ENGINE) {
        log.clock().cover(highestVersion);
      }
    }

    @Override
    public Function<LogPlace, Optional<Entry>> log() {
      return fromLog();
    }

    @Override
    public void committed(ChangeRow row, long previousTag, List<Entry> written) {
      Parts.this.committed(row, previousTag, written);
    }

    @Override
    public void overtaken(Entry entry) {
      if (cache != null) {
        cache.feeder().overtaken(entry);
      }
      if (filter != null) {
        filter.overtaken(entry);
      }
    }

    @Override
    public void joined(Entry entry, ChangeRow row) {
      if (cache != null) {
        cache.feeder().seen(entry.id(), entry.revision(), row.sequence());
      }
    }

    @Override
    public void confirmedWithoutRow(List<Entry> entries) {
      follower.settleAfterPoll(entries);
    }

    @Override
    public void superseded(Entry entry) {
      Receipt receipt =
          entry.tombstone()
              ? Receipt.ofDelete(entry.id(), entry.revision(), Ack.PERSISTED, Outcome.SUPERSEDED)
              : Receipt.ofValue(entry.toItem(), Ack.PERSISTED, Outcome.SUPERSEDED);
      supersededListeners.tell(receipt);
    }

    @Override
    public void deadLetter(DeadLetter letter) {
      deadLetterListeners.tell(letter);
    }

    @Override
    public void landed() {
      if (log != null) {
        log.appender().truncateSoon();
      }
    }
  }

  /** Connects the follower with pending, memory and the clock. */
  private final class FollowerListener implements ChangeFollower.Listener {
    @Override
    public void followed(ChangeRow row) {
      if (cache != null) {
        cache.feeder().followed(row);
      }
      if (!row.origin().equals(identity.instanceId())) {
        propagation.add(time.currentTimeMillis() - row.committedAtMillis());
      }
      if (filter == null) {
        forget(row);
      } else {
        filter.followed(row, () -> forget(row));
      }
      feed.moved();
    }

    private void forget(ChangeRow row) {
      for (Change change : row.changes()) {
        clock.observe(change.revision().version());
        pending.followed(change);
      }
    }

    @Override
    public void anotherHistory(ChangeFollower.Position from) {
      if (cache != null) {
        cache.feeder().anotherHistory(from);
      }
      if (filter != null) {
        filter.anotherHistory(from);
      }
      pending.anotherHistory();
      feed.moved();
    }

    @Override
    public void passed(ChangeRow row) {
      pending.passed(row);
    }

    @Override
    public void settled(List<Entry> entries) {
      pending.settle(entries);
      if (cache != null) {
        cache.feeder().settled(entries);
      }
      if (filter != null) {
        filter.settled(entries);
      }
    }
  }
}
