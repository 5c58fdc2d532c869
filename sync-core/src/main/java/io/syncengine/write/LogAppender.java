// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.batch.SerialTask;
import io.syncengine.model.Ack;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncEngineException;
import io.syncengine.pending.Doubt;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Waiter;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.Telemetry;
import io.syncengine.spi.TimeSource;
import io.syncengine.spi.WriteAheadLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The only one who appends to the log, reopens it and truncates it. What has come together while
 * one group was written makes the next (group commit). Shows writes to readers once they are on
 * disk, tells their callers, and cuts off what pending no longer points to.
 *
 * <p>{@code queue} takes from any thread; everything that has no access mode of its own belongs to
 * the runs of {@code task}, which never overlap.
 */
public final class LogAppender {
  private static final int MAX_GROUP_COUNT = 4096;
  private static final long MAX_GROUP_BYTES = 4L << 20;
  private static final long REOPEN_NANOS = 200_000_000L;
  private static final long TRUNCATE_NANOS = 100_000_000L;

  private final WriteAheadLog log;
  private final Pending pending;
  private final RevisionClock clock;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final Telemetry telemetry;
  private final Runnable onPublished;
  private final SerialTask task;
  private final ConcurrentLinkedQueue<Queued> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong groups = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong unlogged = new AtomicLong();
  // Why the last append failed; null if it succeeded. Written by the runs, read by anyone.
  private volatile @Nullable String failure;
  private volatile @Nullable String notTruncated;
  // The clock as the newest group on disk tells it.
  private volatile long loggedCeiling;
  // The group that the log takes now. Written by the runs, read by whoever stops them.
  private volatile List<Queued> writing = List.of();
  private boolean broken;
  // Belongs to the thread that stops.
  private boolean idle;
  private long retryAtNanos;
  private long lastGroup;
  private long truncatedBelow;
  private long truncatedAtNanos;

  /**
   * Makes an appender for an open log.
   *
   * @param executor runs the appends, on a thread of its own
   * @param onPublished is called after writes were shown to readers
   */
  public LogAppender(
      WriteAheadLog log,
      Pending pending,
      RevisionClock clock,
      TimeSource time,
      Scheduler scheduler,
      Executor executor,
      FailPoints failPoints,
      Telemetry telemetry,
      Runnable onPublished,
      Consumer<Throwable> onError) {
    this.log = log;
    this.pending = pending;
    this.clock = clock;
    this.time = time;
    this.failPoints = failPoints;
    this.telemetry = telemetry;
    this.onPublished = onPublished;
    this.task = new SerialTask(executor, scheduler, time, this::run, onError);
    this.truncatedAtNanos = time.nanoTime();
  }

  void append(Queued next) {
    queuedBytes.addAndGet(next.bytes());
    queue.add(next);
    task.kick();
  }

  /** Completes when everything that was handed over before is through. */
  public CompletableFuture<Void> drained() {
    Queued.Mark mark = new Queued.Mark(new CompletableFuture<>());
    append(mark);
    return mark.passed();
  }

  /** Pending has let go of something: the log may be cut soon. */
  public void truncateSoon() {
    task.kickAfter(TRUNCATE_NANOS);
  }

  /** Bytes that wait to be appended. */
  public long queuedBytes() {
    return queuedBytes.get();
  }

  /** Groups appended. */
  public long groups() {
    return groups.get();
  }

  /** Writes appended. */
  public long entries() {
    return entries.get();
  }

  /** Why the log does not take writes now; empty if it does. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** Why the last truncation failed; empty if it did not. */
  public Optional<String> truncationFailure() {
    return Optional.ofNullable(notTruncated);
  }

  /** Writes at MEMORY whose append failed. */
  public long unlogged() {
    return unlogged.get();
  }

  /** The group number at which the next replay begins; for the start alone. */
  public void replayed(long lastGroupInLog) {
    lastGroup = lastGroupInLog;
  }

  /** The clock as the newest commit group of this run tells it; 0 before the first. */
  public long loggedCeiling() {
    return loggedCeiling;
  }

  /** Ends the work: what still waits fails. Call it when nobody hands over any more. */
  public void stop(Duration bound) {
    idle = task.stop(bound);
    fail(
        drain(Integer.MAX_VALUE, Long.MAX_VALUE), () -> new IllegalStateException(Entrance.CLOSED));
    fail(
        writing,
        () ->
            new DurabilityException(
                "the engine was closed while the log hung; the outcome is unknown", null));
  }

  /** Cuts the log one last time; after {@link #stop}, on the closing thread. */
  public void truncateNow() {
    if (idle && !broken) {
      truncate();
    }
  }

  private void run() {
    try {
      work();
    } finally {
      if (!queue.isEmpty()) {
        task.kick();
      }
    }
  }

  private void work() {
    List<Queued> group = drain(MAX_GROUP_COUNT, MAX_GROUP_BYTES);
    while (!group.isEmpty()) {
      if (healed()) {
        writing = group;
        append(group);
        writing = List.of();
      } else {
        fail(
            group,
            () ->
                new DurabilityException(
                    "the log is broken; it is opened again by itself, try again", null));
      }
      group = drain(MAX_GROUP_COUNT, MAX_GROUP_BYTES);
    }
    truncateIfDue();
  }

  private void truncateIfDue() {
    long wait = truncatedAtNanos + TRUNCATE_NANOS - time.nanoTime();
    if (wait <= 0 && healed()) {
      truncate();
    } else if (wait > 0 && pending.lowestLogGroup(lastGroup + 1) > Math.max(1, truncatedBelow)) {
      task.kickAfter(wait);
    }
  }

  private List<Queued> drain(int maxCount, long maxBytes) {
    List<Queued> drained = new ArrayList<>();
    long bytes = 0;
    while (drained.size() < maxCount && bytes < maxBytes) {
      Queued next = queue.poll();
      if (next == null) {
        break;
      }
      bytes += next.bytes();
      drained.add(next);
    }
    queuedBytes.addAndGet(-bytes);
    return drained;
  }

  private boolean healed() {
    if (!broken) {
      return true;
    }
    long now = time.nanoTime();
    if (now - retryAtNanos < 0) {
      return false;
    }
    try {
      log.reopen();
      broken = false;
      failure = null;
      return true;
    } catch (RuntimeException e) {
      retryAtNanos = now + REOPEN_NANOS;
      failure = reason(e);
      task.kickAfter(REOPEN_NANOS);
      return false;
    }
  }

  private void append(List<Queued> group) {
    List<Entry> writes = new ArrayList<>(group.size());
    for (Queued q : group) {
      if (q instanceof Append a) {
        writes.add(a.entry());
      }
    }
    long number = 0;
    try {
      if (!writes.isEmpty() && failPoints.proceed(FailPoint.LOG_APPEND)) {
        number = write(writes);
      }
      failPoints.proceed(FailPoint.LOG_APPENDED);
    } catch (SyncEngineException e) {
      broken(e.getMessage());
      fail(group, () -> new DurabilityException(e.getMessage(), e));
      return;
    } catch (RuntimeException | Error e) {
      broken("the log failed with " + e.getClass().getName());
      fail(group, () -> new DurabilityException("the log failed; the outcome is unknown", e));
      throw e;
    }
    publish(group, number);
  }

  private long write(List<Entry> writes) {
    long start = time.nanoTime();
    Throwable thrown = null;
    try {
      long ceiling = clock.ceiling();
      long number = log.append(writes, ceiling);
      loggedCeiling = ceiling;
      failure = null;
      lastGroup = number;
      groups.incrementAndGet();
      entries.addAndGet(writes.size());
      return number;
    } catch (RuntimeException | Error e) {
      thrown = e;
      throw e;
    } finally {
      telemetry.called("log", "append", time.nanoTime() - start, thrown);
    }
  }

  private void broken(String why) {
    broken = true;
    retryAtNanos = time.nanoTime();
    failure = why;
    task.kickAfter(REOPEN_NANOS);
  }

  private void publish(List<Queued> group, long number) {
    List<Runnable> completions = new ArrayList<>(group.size());
    int index = 0;
    for (Queued q : group) {
      if (q instanceof Queued.Mark mark) {
        completions.add(() -> mark.passed().complete(null));
      } else if (q instanceof Append a) {
        LogPlace place = number == 0 ? null : new LogPlace(number, index);
        index++;
        publish(a, place, completions);
      }
    }
    onPublished.run();
    failPoints.proceed(FailPoint.ACK);
    completions.forEach(Runnable::run);
  }

  private void publish(Append a, @Nullable LogPlace place, List<Runnable> completions) {
    if (a.shown()) {
      if (place != null) {
        pending.logged(a.entry(), place);
      }
    } else if (a.take() && failPoints.proceed(FailPoint.PUBLISH)) {
      show(a, place, completions);
    }
  }

  private void show(Append a, @Nullable LogPlace place, List<Runnable> completions) {
    Receipt logged = a.receipt().with(Ack.LOGGED, Outcome.APPLIED);
    boolean waits = a.ack() == Ack.PERSISTED;
    Waiter waiter = waits ? new Waiter(logged, a.doubt() != Doubt.NONE, a.future()) : null;
    Outcome outcome = pending.publish(a.entry(), place, a.doubt(), waiter);
    if (!waits) {
      completions.add(() -> a.future().complete(logged.with(Ack.LOGGED, outcome)));
    }
  }

  private void fail(List<Queued> group, Supplier<RuntimeException> failure) {
    for (Queued q : group) {
      if (q instanceof Queued.Mark mark) {
        mark.passed().complete(null);
      } else if (q instanceof Append a && a.shown()) {
        unlogged.incrementAndGet();
      } else if (q instanceof Append a && a.refuse()) {
        a.future().completeExceptionally(failure.get());
      }
    }
  }

  private void truncate() {
    truncatedAtNanos = time.nanoTime();
    long floor = pending.lowestLogGroup(lastGroup + 1);
    if (floor > truncatedBelow && floor > 1 && failPoints.proceed(FailPoint.TRUNCATE)) {
      try {
        log.truncateBelow(floor);
        truncatedBelow = floor;
        notTruncated = null;
      } catch (RuntimeException e) {
        notTruncated = reason(e);
        task.kickAfter(REOPEN_NANOS);
      }
    }
  }

  /** What a log says of itself; of what it must not throw only the class, which has no secrets. */
  private static String reason(RuntimeException e) {
    return e instanceof SyncEngineException told
        ? told.getMessage()
        : "the log failed with " + e.getClass().getName();
  }
}
