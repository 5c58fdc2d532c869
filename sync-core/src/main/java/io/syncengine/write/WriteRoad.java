// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.Outcome;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.Receipt;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VersionMode;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Waiter;
import io.syncengine.pressure.DrainRate;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import io.syncengine.write.LogAppender.Append;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The order of a write: gate, revision, log, pending, ack. With a log a write is on disk before
 * anybody sees it, except at MEMORY, whose append follows. Holds no state of its own but counters,
 * settings and what THROTTLE holds back; safe from any thread.
 */
public final class WriteRoad {
  private static final long POLL_NANOS = 100_000;
  private static final int MAX_POLLS = 10_000;

  private final Pending pending;
  private final RevisionClock clock;
  private final LogAppender log;
  private final Flusher flusher;
  private final PressureGate gate;
  private final Scheduler scheduler;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final Consumer<Runnable> callbacks;
  private final VersionMode mode;
  private final Supplier<String> origin;
  private final AtomicLong submitted = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  // Writes that THROTTLE holds back, until they go on or the engine ends.
  private final Set<CompletableFuture<Receipt>> held = ConcurrentHashMap.newKeySet();
  // Calls begun and ended: whoever ends the road waits until they are equal. Each call counts
  // itself
  // before it looks at `stopped`, and who stops sets that before it counts; so none is missed.
  private final LongAdder begun = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private volatile boolean stopped;
  // For one length of waits each; a new one when that changes. Old waits end where they began.
  private volatile Deadlines deadlines;
  private volatile Limits limits;

  /**
   * What the configuration says of writes.
   *
   * @param maxContentBytes the largest content
   * @param ackTimeout how long a write waits for its level
   * @param throttleMaxWait how long it waits at THROTTLE
   * @param clockTolerance how far a version may be ahead of the clock in engine mode
   */
  public record Limits(
      long maxContentBytes,
      Duration ackTimeout,
      Duration throttleMaxWait,
      Duration clockTolerance) {}

  /**
   * Makes the road.
   *
   * @param log the appender; null without a log
   * @param origin the instance's id, known once the log is open
   */
  public WriteRoad(
      Pending pending,
      RevisionClock clock,
      LogAppender log,
      Flusher flusher,
      Supplier<PressureLevel> pressure,
      DrainRate drain,
      Limits limits,
      VersionMode mode,
      Supplier<String> origin,
      TimeSource time,
      Scheduler scheduler,
      FailPoints failPoints,
      Consumer<Runnable> callbacks) {
    this.pending = pending;
    this.clock = clock;
    this.log = log;
    this.flusher = flusher;
    this.gate = new PressureGate(pressure, drain, time, failPoints);
    this.deadlines = new Deadlines(scheduler, time);
    this.limits = limits;
    this.mode = mode;
    this.origin = origin;
    this.time = time;
    this.scheduler = scheduler;
    this.failPoints = failPoints;
    this.callbacks = callbacks;
  }

  /** Takes other limits. */
  public void configure(Limits newLimits) {
    if (!newLimits.ackTimeout.equals(limits.ackTimeout)) {
      deadlines = new Deadlines(scheduler, time);
    }
    limits = newLimits;
  }

  /** Writes accepted. */
  public long submitted() {
    return submitted.get();
  }

  /** Writes refused by pressure. */
  public long rejected() {
    return rejected.get();
  }

  /** The level of writes that name none. */
  public Ack defaultAck() {
    return log == null ? Ack.MEMORY : Ack.LOGGED;
  }

  /** Writes an item. */
  public CompletableFuture<Receipt> submit(SyncItem item, Ack ack) {
    requireReachable(ack);
    requireSize(item);
    if (mode == VersionMode.CALLER && item.version() == 0) {
      throw new IllegalArgumentException("version_mode is caller: give the item a version");
    }
    if (mode == VersionMode.ENGINE
        && item.version() != 0
        && clock.millisAhead(item.version()) > limits.clockTolerance.toMillis()
        && item.version() > clock.ceiling()) {
      throw new IllegalArgumentException(
          "the item's version lies in the future; in engine mode only items as read carry one");
    }
    return enter(item.contentLength(), false, item.version() != 0, ack, () -> stamped(item));
  }

  /** Writes an item just above a revision that was read, so that any real write wins. */
  public CompletableFuture<Receipt> submitJustAbove(SyncItem item, Revision seen, Ack ack) {
    requireSize(item);
    long version = seen == null ? 1 : seen.version() + 1;
    return enter(
        item.contentLength(),
        false,
        true,
        ack,
        () -> Entry.ofItem(item.stamped(version, time.currentTimeMillis()), origin.get()));
  }

  /** Deletes an id; {@code version} is 0 in engine mode. */
  public CompletableFuture<Receipt> delete(String id, long version, Ack ack) {
    requireReachable(ack);
    return enter(
        0,
        true,
        version != 0,
        ack,
        () ->
            Entry.builder(id)
                .tombstone(Revision.ofTombstone(version == 0 ? clock.next() : version))
                .acceptedAtMillis(time.currentTimeMillis())
                .origin(origin.get())
                .build());
  }

  private void requireSize(SyncItem item) {
    if (item.contentLength() > limits.maxContentBytes) {
      throw new IllegalArgumentException(
          "content has "
              + item.contentLength()
              + " bytes; max_content_bytes is "
              + limits.maxContentBytes);
    }
  }

  private void requireReachable(Ack ack) {
    if (ack == Ack.LOGGED && log == null) {
      throw new IllegalArgumentException("LOGGED cannot be reached: there is no log; set wal_path");
    }
  }

  private Entry stamped(SyncItem item) {
    long version = item.version() == 0 ? clock.next() : item.version();
    return Entry.ofItem(item.stamped(version, time.currentTimeMillis()), origin.get());
  }

  /**
   * Takes no more: waits until the calls that have begun are through, which is a matter of
   * microseconds and bounded at about a second, and tells those that THROTTLE holds back that they
   * were not accepted.
   */
  public void stop() {
    stopped = true;
    for (int i = 0; i < MAX_POLLS && running(); i++) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    for (CompletableFuture<Receipt> later : held) {
      if (held.remove(later)) {
        callbacks.accept(() -> later.completeExceptionally(notAccepted()));
      }
    }
  }

  private boolean running() {
    // In this order: what ends in between has begun before.
    long left = ended.sum();
    return begun.sum() != left;
  }

  private static IllegalStateException notAccepted() {
    return new IllegalStateException("the engine was closed; the write was not accepted");
  }

  private CompletableFuture<Receipt> enter(
      long bytes, boolean delete, boolean versionGiven, Ack ack, Supplier<Entry> stamp) {
    begun.increment();
    try {
      if (stopped) {
        throw notAccepted();
      }
      failPoints.proceed(FailPoint.GATE);
      long wait = gate.enter(bytes, delete, limits.throttleMaxWait);
      return wait <= 0
          ? accept(stamp, versionGiven, ack)
          : acceptLater(wait, stamp, versionGiven, ack);
    } catch (WriteRejectedException e) {
      rejected.incrementAndGet();
      return CompletableFuture.failedFuture(e);
    } finally {
      ended.increment();
    }
  }

  private CompletableFuture<Receipt> acceptLater(
      long nanos, Supplier<Entry> stamp, boolean versionGiven, Ack ack) {
    CompletableFuture<Receipt> later = new CompletableFuture<>();
    held.add(later);
    scheduler.schedule(
        () -> {
          begun.increment();
          try {
            if (!stopped && held.remove(later)) {
              acceptInto(later, stamp, versionGiven, ack);
            }
          } finally {
            ended.increment();
          }
        },
        Duration.ofNanos(nanos));
    return later;
  }

  private void acceptInto(
      CompletableFuture<Receipt> later, Supplier<Entry> stamp, boolean versionGiven, Ack ack) {
    try {
      accept(stamp, versionGiven, ack)
          .whenComplete(
              (receipt, failure) -> {
                if (failure == null) {
                  callbacks.accept(() -> later.complete(receipt));
                } else {
                  callbacks.accept(() -> later.completeExceptionally(failure));
                }
              });
    } catch (RuntimeException e) {
      callbacks.accept(() -> later.completeExceptionally(e));
    }
  }

  private CompletableFuture<Receipt> accept(Supplier<Entry> stamp, boolean versionGiven, Ack ack) {
    failPoints.proceed(FailPoint.STAMP);
    Entry entry = stamp.get();
    boolean inDoubt = false;
    if (versionGiven) {
      int known = pending.compareKnown(entry);
      if (known > 0) {
        return CompletableFuture.completedFuture(standing(entry, Outcome.STALE));
      }
      if (known == 0) {
        CompletableFuture<Receipt> unchanged = unchanged(entry, ack);
        if (unchanged != null) {
          return unchanged;
        }
      }
      if (mode == VersionMode.ENGINE) {
        clock.observe(entry.version());
      }
      inDoubt = !pending.knows(entry.id());
    }
    submitted.incrementAndGet();
    return log == null ? show(entry, ack, inDoubt) : logThenShow(entry, ack, inDoubt);
  }

  private static Receipt receipt(Entry entry, Ack reached, Outcome outcome) {
    return entry.tombstone()
        ? Receipt.ofDelete(entry.id(), entry.revision(), reached, outcome)
        : Receipt.ofValue(entry.toItem(), reached, outcome);
  }

  private Receipt standing(Entry entry, Outcome outcome) {
    Optional<Pending.Standing> known = pending.standing(entry.id());
    Ack reached =
        known
            .map(s -> s.confirmed() ? Ack.PERSISTED : s.logged() ? Ack.LOGGED : Ack.MEMORY)
            .orElse(Ack.PERSISTED);
    return receipt(entry, reached, outcome);
  }

  /** The same revision is here: done if it stands at the level asked for, else null. */
  private CompletableFuture<Receipt> unchanged(Entry entry, Ack ack) {
    Receipt receipt = standing(entry, Outcome.UNCHANGED);
    return receipt.reached().compareTo(ack) >= 0
        ? CompletableFuture.completedFuture(receipt)
        : null;
  }

  private CompletableFuture<Receipt> show(Entry entry, Ack ack, boolean inDoubt) {
    Receipt memory = receipt(entry, Ack.MEMORY, Outcome.APPLIED);
    if (!failPoints.proceed(FailPoint.PUBLISH)) {
      return CompletableFuture.completedFuture(memory);
    }
    if (ack != Ack.PERSISTED) {
      Outcome outcome = pending.publish(entry, null, inDoubt, null);
      flusher.added();
      return CompletableFuture.completedFuture(memory.with(Ack.MEMORY, outcome));
    }
    CompletableFuture<Receipt> future = new CompletableFuture<>();
    pending.publish(entry, null, inDoubt, new Waiter(memory, future));
    flusher.added();
    expire(future, new AckTimeoutException(memory));
    return future;
  }

  private CompletableFuture<Receipt> logThenShow(Entry entry, Ack ack, boolean inDoubt) {
    Receipt memory = receipt(entry, Ack.MEMORY, Outcome.APPLIED);
    CompletableFuture<Receipt> future = new CompletableFuture<>();
    if (ack == Ack.MEMORY) {
      Outcome outcome = pending.publish(entry, null, inDoubt, null);
      flusher.added();
      log.append(new Append(entry, true, inDoubt, ack, memory, future, new AtomicBoolean(true)));
      return CompletableFuture.completedFuture(memory.with(Ack.MEMORY, outcome));
    }
    AtomicBoolean claimed = new AtomicBoolean();
    log.append(new Append(entry, false, inDoubt, ack, memory, future, claimed));
    deadlines.watch(future, limits.ackTimeout, () -> late(future, claimed, memory));
    return future;
  }

  /** The time is over: what is not on disk will not be shown; what is stands and goes on. */
  private void late(CompletableFuture<Receipt> future, AtomicBoolean claimed, Receipt memory) {
    if (claimed.compareAndSet(false, true)) {
      callbacks.accept(
          () ->
              future.completeExceptionally(
                  new DurabilityException("the log did not take the write in time", null)));
    } else {
      AckTimeoutException timeout =
          new AckTimeoutException(memory.with(Ack.LOGGED, Outcome.APPLIED));
      callbacks.accept(() -> future.completeExceptionally(timeout));
    }
  }

  private void expire(CompletableFuture<Receipt> future, RuntimeException timeout) {
    deadlines.watch(
        future,
        limits.ackTimeout,
        () -> callbacks.accept(() -> future.completeExceptionally(timeout)));
  }
}
