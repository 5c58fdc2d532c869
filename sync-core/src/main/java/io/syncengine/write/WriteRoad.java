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
import io.syncengine.pending.Doubt;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Waiter;
import io.syncengine.pressure.DrainRate;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The order of a write: gate, revision, log, pending, ack. With a log a write is on disk before
 * anybody sees it, except at MEMORY, whose append follows. Holds no state of its own but counters
 * and settings; safe from any thread.
 */
public final class WriteRoad {
  private final Pending pending;
  private final RevisionClock clock;
  private final @Nullable LogAppender log;
  private final Flusher flusher;
  private final PressureGate gate;
  // For one length of waits each; new ones when that changes. Old waits end where they began.
  private volatile Deadlines loggedWaits;
  private volatile Deadlines persistedWaits;
  private final Entrance entrance = new Entrance();
  private final Set<Throttled> throttled = ConcurrentHashMap.newKeySet();
  private final Scheduler scheduler;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final VersionMode mode;
  private final Supplier<String> origin;
  private final AtomicLong submitted = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private volatile Limits limits;

  /** Where a write has its version from. */
  private enum Version {
    /** This engine's clock: above all that it has seen. */
    FROM_CLOCK,
    /** Its caller, or a clock that others may have passed since. */
    GIVEN,
    /** An item as it was read, in engine mode: no new write, and perhaps overtaken long ago. */
    AS_READ
  }

  /** A write that waits at THROTTLE. */
  private static final class Throttled {
    final CompletableFuture<Receipt> future = new CompletableFuture<>();

    void end(@Nullable Receipt receipt, @Nullable Throwable failure) {
      if (failure == null) {
        future.complete(receipt);
      } else {
        future.completeExceptionally(failure);
      }
    }
  }

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
      @Nullable LogAppender log,
      Flusher flusher,
      Supplier<PressureLevel> pressure,
      DrainRate drain,
      Limits limits,
      VersionMode mode,
      Supplier<String> origin,
      TimeSource time,
      Scheduler scheduler,
      FailPoints failPoints) {
    this.pending = pending;
    this.clock = clock;
    this.log = log;
    this.flusher = flusher;
    this.gate = new PressureGate(pressure, drain, time, failPoints);
    this.loggedWaits = new Deadlines(scheduler, time);
    this.persistedWaits = new Deadlines(scheduler, time);
    this.limits = limits;
    this.mode = mode;
    this.origin = origin;
    this.time = time;
    this.scheduler = scheduler;
    this.failPoints = failPoints;
  }

  /** Takes other limits. */
  public void configure(Limits newLimits) {
    if (!newLimits.ackTimeout.equals(limits.ackTimeout)) {
      loggedWaits = new Deadlines(scheduler, time);
      persistedWaits = new Deadlines(scheduler, time);
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
    requireFitting(item);
    if (mode == VersionMode.CALLER && item.version() == 0) {
      throw new IllegalArgumentException("version_mode is caller: give the item a version");
    }
    if (mode == VersionMode.ENGINE
        && item.version() > clock.ceiling()
        && clock.millisAhead(item.version()) > limits.clockTolerance.toMillis()) {
      throw new IllegalArgumentException(
          "the item's version lies in the future; in engine mode only items as read carry one");
    }
    boolean given = item.version() != 0;
    Version version = given ? asWritten() : Version.FROM_CLOCK;
    return enter(item.contentLength(), false, version, ack, () -> stamped(item, item.version()));
  }

  /** Writes an item just above a revision that was read, so that any real write wins. */
  public CompletableFuture<Receipt> submitJustAbove(
      SyncItem item, @Nullable Revision seen, Ack ack) {
    requireFitting(item);
    long version = seen == null ? 1 : seen.version() + 1;
    return enter(item.contentLength(), false, Version.GIVEN, ack, () -> stamped(item, version));
  }

  /** Deletes an id; {@code version} is 0 in engine mode. */
  public CompletableFuture<Receipt> delete(String id, long version, Ack ack) {
    requireReachable(ack);
    return enter(
        0,
        true,
        version == 0 ? Version.FROM_CLOCK : asWritten(),
        ack,
        () -> tombstone(id, version));
  }

  private Version asWritten() {
    return mode == VersionMode.ENGINE ? Version.AS_READ : Version.GIVEN;
  }

  private void requireFitting(SyncItem item) {
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

  private Entry stamped(SyncItem item, long given) {
    long version = given == 0 ? clock.next() : given;
    return Entry.ofItem(item.stamped(version, time.currentTimeMillis()), origin.get());
  }

  private Entry tombstone(String id, long given) {
    return Entry.builder(id)
        .tombstone(Revision.ofTombstone(given == 0 ? clock.next() : given))
        .acceptedAtMillis(time.currentTimeMillis())
        .origin(origin.get())
        .build();
  }

  private CompletableFuture<Receipt> enter(
      long bytes, boolean delete, Version version, Ack ack, Supplier<Entry> stamp) {
    entrance.enter();
    try {
      failPoints.proceed(FailPoint.GATE);
      long wait = gate.enter(bytes, delete, limits.throttleMaxWait);
      failPoints.proceed(FailPoint.STAMP);
      // Stamped before it waits: what was submitted first is the older one, whatever overtakes it.
      Entry entry = stamp.get();
      return wait <= 0 ? accept(entry, version, ack) : acceptLater(entry, version, ack, wait);
    } catch (WriteRejectedException e) {
      rejected.incrementAndGet();
      return CompletableFuture.failedFuture(e);
    } finally {
      entrance.leave();
    }
  }

  private CompletableFuture<Receipt> acceptLater(
      Entry entry, Version version, Ack ack, long waitNanos) {
    Throttled later = new Throttled();
    throttled.add(later);
    // What was written meanwhile may be above it, as if it had come with its version.
    Version known = version == Version.FROM_CLOCK ? Version.GIVEN : version;
    scheduler.schedule(() -> acceptInto(later, entry, known, ack), Duration.ofNanos(waitNanos));
    return later.future;
  }

  private void acceptInto(Throttled later, Entry entry, Version version, Ack ack) {
    if (!throttled.remove(later)) {
      return;
    }
    try {
      entrance.enter();
    } catch (IllegalStateException e) {
      later.future.completeExceptionally(e);
      return;
    }
    try {
      CompletableFuture<Receipt> unused = accept(entry, version, ack).whenComplete(later::end);
    } catch (RuntimeException e) {
      later.future.completeExceptionally(e);
    } finally {
      entrance.leave();
    }
  }

  /**
   * Lets nobody in any more and waits until those inside are through; writes that wait at THROTTLE
   * are told that they were not accepted.
   *
   * @param bound how long to wait at most
   */
  public void close(Duration bound) {
    entrance.close(bound);
    for (Throttled waiting : List.copyOf(throttled)) {
      if (throttled.remove(waiting)) {
        waiting.future.completeExceptionally(new IllegalStateException(Entrance.CLOSED));
      }
    }
  }

  private CompletableFuture<Receipt> accept(Entry entry, Version version, Ack ack) {
    Doubt doubt = Doubt.NONE;
    if (version != Version.FROM_CLOCK) {
      Optional<Pending.Known> known = pending.known(entry);
      if (known.isPresent()) {
        int order = known.get().order();
        Ack level = known.get().level();
        if (order > 0) {
          return CompletableFuture.completedFuture(receipt(entry, level, Outcome.STALE));
        }
        if (order == 0 && level.compareTo(ack) >= 0) {
          return CompletableFuture.completedFuture(receipt(entry, level, Outcome.UNCHANGED));
        }
      }
      if (mode == VersionMode.ENGINE) {
        clock.observe(entry.version());
      }
      if (known.isEmpty()) {
        doubt = version == Version.AS_READ ? Doubt.STRONG : Doubt.POSSIBLE;
      }
    }
    submitted.incrementAndGet();
    return log == null ? show(entry, ack, doubt) : logThenShow(log, entry, ack, doubt);
  }

  private static Receipt receipt(Entry entry, Ack reached, Outcome outcome) {
    return entry.tombstone()
        ? Receipt.ofDelete(entry.id(), entry.revision(), reached, outcome)
        : Receipt.ofValue(entry.toItem(), reached, outcome);
  }

  private CompletableFuture<Receipt> show(Entry entry, Ack ack, Doubt doubt) {
    Receipt memory = receipt(entry, Ack.MEMORY, Outcome.APPLIED);
    if (!failPoints.proceed(FailPoint.PUBLISH)) {
      return CompletableFuture.completedFuture(memory);
    }
    if (ack != Ack.PERSISTED) {
      Outcome outcome = pending.publish(entry, null, doubt, null);
      flusher.added();
      return CompletableFuture.completedFuture(memory.with(Ack.MEMORY, outcome));
    }
    CompletableFuture<Receipt> future = new CompletableFuture<>();
    pending.publish(entry, null, doubt, new Waiter(memory, doubt != Doubt.NONE, future));
    flusher.added();
    persistedWaits.watch(
        future,
        limits.ackTimeout,
        () -> future.completeExceptionally(new AckTimeoutException(memory)));
    return future;
  }

  private CompletableFuture<Receipt> logThenShow(
      LogAppender log, Entry entry, Ack ack, Doubt doubt) {
    Receipt memory = receipt(entry, Ack.MEMORY, Outcome.APPLIED);
    CompletableFuture<Receipt> future = new CompletableFuture<>();
    Append append = new Append(entry, ack, doubt, memory, future);
    if (ack == Ack.MEMORY) {
      Outcome outcome = pending.publish(entry, null, doubt, null);
      flusher.added();
      log.append(append);
      return CompletableFuture.completedFuture(memory.with(Ack.MEMORY, outcome));
    }
    log.append(append);
    Deadlines waits = ack == Ack.LOGGED ? loggedWaits : persistedWaits;
    waits.watch(future, limits.ackTimeout, () -> late(append));
    return future;
  }

  /** The time is over: what is not on disk will not be shown; what is stands and goes on. */
  private static void late(Append append) {
    if (append.refuse()) {
      append
          .future()
          .completeExceptionally(
              new DurabilityException("the log did not take the write in time", null));
    } else if (append.taken()) {
      append
          .future()
          .completeExceptionally(
              new AckTimeoutException(append.receipt().with(Ack.LOGGED, Outcome.APPLIED)));
    }
  }
}
