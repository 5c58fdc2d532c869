// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tier that fails, refuses, delays or hangs on command, and else does what the tier inside does.
 * Its faults keep the contract of {@link Tier}: a call that hangs ends within the request time-out
 * with {@link TierUnavailableException}, and a fault before the call changes nothing. Its change
 * log, scan, headers, digests, restore, retention, purge, generations and cache fail with it;
 * capabilities that it does not know are those of the tier inside. Commands and calls are safe from
 * any thread; a command holds for calls that begin after it, and {@link #heal} also lets go those
 * that hang.
 *
 * @since 0.1
 */
public final class FaultyTier implements Tier {
  /** The calls of a tier and its capabilities. */
  public enum Operation {
    /** {@link Tier#open}. */
    OPEN,
    /** {@link Tier#apply}. */
    APPLY,
    /** {@link Tier#load}. */
    LOAD,
    /** {@link ChangeLog#poll}. */
    POLL,
    /** {@link Scannable#scan}. */
    SCAN,
    /** {@link Headers#headers}. */
    HEADERS,
    /** The calls of {@link Digests} but {@link Headers#headers}. */
    DIGESTS,
    /** {@link Restore#restore}. */
    RESTORE,
    /** The calls of {@link ChangeRetention}. */
    RETENTION,
    /** {@link TombstonePurge#purge}. */
    PURGE,
    /** {@link TombstonePurge#horizonMillis}. */
    HORIZON,
    /** {@link CacheGenerations#raiseGeneration}. */
    GENERATION,
    /** {@link Cache#get}. */
    CACHE_GET,
    /** {@link Cache#put}. */
    CACHE_PUT,
    /** {@link Cache#scan}. */
    CACHE_SCAN,
    /** {@link Cache#remove}. */
    CACHE_REMOVE,
    /** The other calls of {@link Cache}. */
    CACHE_STATE,
    /** {@link Tier#serverTimeMillis}. */
    CLOCK
  }

  /** How an id is refused. */
  public enum Refusal {
    /** Its entry comes back FAILED, not retryable; the others are written. */
    ENTRY,
    /** The batch is refused as a whole with a {@link TierException} that is not retryable. */
    BATCH
  }

  private record Refused(Predicate<String> ids, Refusal how) {}

  private final Tier inside;
  private final Faults faults;
  private final Map<Class<?>, Object> capabilities = new ConcurrentHashMap<>();
  private volatile Refused refused = new Refused(id -> false, Refusal.ENTRY);
  private volatile TierConfig config = TestTierConfig.defaults();

  /**
   * Wraps a tier; time-outs and delays pass in real time.
   *
   * @param inside the tier that does the work
   */
  public FaultyTier(Tier inside) {
    this(inside, RealTime.INSTANCE);
  }

  /**
   * Wraps a tier.
   *
   * @param inside the tier that does the work
   * @param scheduler on which time-outs and delays pass, such as a {@link ManualTime}; a call that
   *     hangs without end in real time fails after {@link Gate#LIMIT}
   */
  public FaultyTier(Tier inside, Scheduler scheduler) {
    this.inside = Objects.requireNonNull(inside, "inside");
    this.faults = new Faults(scheduler);
  }

  /**
   * The next call throws {@link TierUnavailableException}; nothing is done. An engine polls and
   * flushes on threads of its own: name the operation that is meant.
   *
   * @param operations of which the next call fails; with none given, of any
   */
  public void failNext(Operation... operations) {
    failNext(1, operations.length == 0 ? Operation.values() : operations);
  }

  /**
   * The next calls throw {@link TierUnavailableException}; nothing is done.
   *
   * @param calls how many, of any operation
   */
  public void failNext(int calls) {
    failNext(calls, Operation.values());
  }

  /**
   * The next calls of some operations throw {@link TierUnavailableException}; nothing is done.
   *
   * @param calls how many of these operations together
   * @param operations which
   */
  public void failNext(int calls, Operation... operations) {
    faults.failNext(calls, operations);
  }

  /** Every call throws {@link TierUnavailableException} until {@link #heal}. */
  public void failAll() {
    failAll(Operation.values());
  }

  /**
   * Every call of some operations throws {@link TierUnavailableException} until {@link #heal}.
   *
   * @param operations which
   */
  public void failAll(Operation... operations) {
    faults.failAll(operations);
  }

  /** Every call hangs until {@link #heal}, or fails at its time-out. */
  public void hang() {
    hang(Operation.values());
  }

  /**
   * Every call of some operations hangs until {@link #heal}, or fails at its time-out.
   *
   * @param operations which
   */
  public void hang(Operation... operations) {
    faults.hang(operations);
  }

  /**
   * The next call of any operation takes longer; beyond the request time-out it fails there.
   *
   * @param by how much, positive
   */
  public void delayNext(Duration by) {
    delayNext(by, Operation.values());
  }

  /**
   * The next call of some operations takes longer; beyond the request time-out it fails there.
   *
   * @param by how much, positive
   * @param operations which
   */
  public void delayNext(Duration by, Operation... operations) {
    faults.delayNext(by, operations);
  }

  /** The next {@link #apply} writes and then throws: the caller cannot know the outcome. */
  public void commitThenFail() {
    commitThenFail(1);
  }

  /**
   * The next applies write and then throw {@link TierUnavailableException}: the caller cannot know
   * the outcome.
   *
   * @param applies how many
   */
  public void commitThenFail(int applies) {
    faults.commitThenFail(applies);
  }

  /**
   * Refuses ids for good, until {@link #heal}.
   *
   * @param ids which
   * @param how what the caller gets
   */
  public void refuseIds(Predicate<String> ids, Refusal how) {
    refused = new Refused(ids, how);
  }

  /** Ends all faults, refusals included; calls that hang go on and succeed. */
  public void heal() {
    refused = new Refused(id -> false, Refusal.ENTRY);
    faults.heal();
  }

  /** Whether nothing but a fault that passes by itself keeps {@link #apply} from being done. */
  boolean takesWrites() {
    return !faults.stops(Operation.APPLY);
  }

  /** Whether calls of some operation hang. */
  boolean hangs() {
    return faults.hangs();
  }

  /** Calls that hang or are delayed now fail at once; those that begin later hang as ordered. */
  void failHeld() {
    faults.failHeld();
  }

  /**
   * How often an operation was called, failed calls included.
   *
   * @param operation which
   * @return the number
   */
  public long calls(Operation operation) {
    return faults.calls(operation);
  }

  /**
   * How many calls hang or are delayed now.
   *
   * @return the number
   */
  public int held() {
    return faults.held();
  }

  /**
   * Waits until so many calls hang or are delayed.
   *
   * @param calls how many at least
   * @throws AssertionError if they do not come within {@link Gate#LIMIT}
   */
  public void awaitHeld(int calls) {
    faults.awaitHeld(calls);
  }

  @Override
  public TierInfo open(TierConfig by) {
    config = by;
    return call(Operation.OPEN, () -> inside.open(by));
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    ApplyResult result = call(Operation.APPLY, () -> applyUnrefused(batch));
    if (faults.failsAfterCommit()) {
      throw unavailable(Operation.APPLY, "failed after the commit, by order of the test");
    }
    return result;
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    return call(Operation.LOAD, () -> inside.load(ids));
  }

  @Override
  public OptionalLong serverTimeMillis() {
    return call(Operation.CLOCK, inside::serverTimeMillis);
  }

  @Override
  public <C> Optional<C> capability(Class<C> type) {
    return inside
        .capability(type)
        .map(real -> type.cast(capabilities.computeIfAbsent(type, t -> wrapped(t, real))));
  }

  private Object wrapped(Class<?> type, Object real) {
    if (type == ChangeLog.class) {
      return new FaultyChangeLog((ChangeLog) real);
    }
    if (type == Scannable.class) {
      return new FaultyScannable((Scannable) real);
    }
    if (type == Headers.class) {
      Headers headers = (Headers) real;
      return (Headers)
          (range, after, limit) ->
              call(Operation.HEADERS, () -> headers.headers(range, after, limit));
    }
    if (type == Digests.class) {
      return new FaultyDigests(this, (Digests) real);
    }
    if (type == Restore.class) {
      Restore restore = (Restore) real;
      return (Restore) batch -> call(Operation.RESTORE, () -> restore.restore(batch));
    }
    if (type == ChangeRetention.class) {
      return new FaultyRetention(this, (ChangeRetention) real);
    }
    if (type == CacheGenerations.class) {
      CacheGenerations generations = (CacheGenerations) real;
      return (CacheGenerations)
          seen -> call(Operation.GENERATION, () -> generations.raiseGeneration(seen));
    }
    if (type == Cache.class) {
      return new FaultyCache(this, (Cache) real);
    }
    return type == TombstonePurge.class ? new FaultyPurge((TombstonePurge) real) : real;
  }

  @Override
  public void close() {
    inside.close();
  }

  private ApplyResult applyUnrefused(List<Entry> batch) {
    Refused now = refused;
    List<Entry> taken = batch.stream().filter(e -> !now.ids().test(e.id())).toList();
    if (taken.size() == batch.size()) {
      return inside.apply(batch);
    }
    if (now.how() == Refusal.BATCH) {
      throw new TierException(config.tierName(), "apply", false, "refused by the test", null);
    }
    ApplyResult result = taken.isEmpty() ? ApplyResult.withoutRow(List.of()) : inside.apply(taken);
    Iterator<ItemOutcome> done = result.outcomes().iterator();
    List<ItemOutcome> outcomes = new ArrayList<>(batch.size());
    for (Entry entry : batch) {
      outcomes.add(
          now.ids().test(entry.id())
              ? ItemOutcome.failed(ItemOutcome.REFUSED, "refused by the test", false)
              : done.next());
    }
    return new ApplyResult(outcomes, result.row(), result.previousTag());
  }

  /** Does the work, unless a fault is in its way. */
  <T> T call(Operation operation, Supplier<T> work) {
    String fault = faults.before(operation, config.requestTimeout());
    if (fault != null) {
      throw unavailable(operation, fault);
    }
    return work.get();
  }

  private TierUnavailableException unavailable(Operation operation, String message) {
    return new TierUnavailableException(
        config.tierName(), operation.name().toLowerCase(Locale.ROOT), message, null);
  }

  private final class FaultyChangeLog implements ChangeLog {
    private final ChangeLog real;

    FaultyChangeLog(ChangeLog real) {
      this.real = real;
    }

    @Override
    public ChangePage poll(long from, int limit) {
      return call(Operation.POLL, () -> real.poll(from, limit));
    }
  }

  private final class FaultyScannable implements Scannable {
    private final Scannable real;

    FaultyScannable(Scannable real) {
      this.real = real;
    }

    @Override
    public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
      return call(Operation.SCAN, () -> real.scan(range, after, limit));
    }
  }

  private final class FaultyPurge implements TombstonePurge {
    private final TombstonePurge real;

    FaultyPurge(TombstonePurge real) {
      this.real = real;
    }

    @Override
    public int purge(long acceptedBeforeMillis, int limit) {
      return call(Operation.PURGE, () -> real.purge(acceptedBeforeMillis, limit));
    }

    @Override
    public long horizonMillis() {
      return call(Operation.HORIZON, real::horizonMillis);
    }
  }
}
