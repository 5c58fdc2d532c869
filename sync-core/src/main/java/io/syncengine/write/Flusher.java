// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.batch.SerialTask;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Waiting;
import io.syncengine.pressure.DrainRate;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Batcher;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MergeStrategy;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The only one who writes to the ground truth: takes what waits in pending, in batches, applies it,
 * and takes the outcomes back. A batch that is refused is split until the bad write is alone, which
 * then becomes a dead letter. One that fails for now waits, with pauses that double and are drawn
 * at random (full jitter; Brooker, "Exponential Backoff And Jitter", 2015).
 *
 * <p>Fields without an access mode of their own belong to the runs of {@code task}, which never
 * overlap.
 */
public final class Flusher {
  private static final int MAX_JOINS = 10;

  private final Pending pending;
  private final TierPort truth;
  private final MergeStrategy merges;
  private final DeadLetterStore deadLetters;
  private final FailPoints failPoints;
  private final TimeSource time;
  private final RandomGenerator random;
  private final DrainRate drain;
  private final Events events;
  private final SerialTask task;
  private final AtomicLong persisted = new AtomicLong();
  private final AtomicLong superseded = new AtomicLong();
  private final AtomicLong deadLettered = new AtomicLong();
  private final AtomicLong flushes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final boolean followsChanges;
  private volatile Batcher batcher;
  private volatile Pauses pauses;
  private volatile String failure;
  private volatile boolean hurry;
  private volatile boolean stopped;
  private int failedInARow;
  private long retryAtNanos;
  private boolean pausing;

  /**
   * The pauses after failures.
   *
   * @param minNanos the first bound
   * @param maxNanos the highest bound
   */
  public record Pauses(long minNanos, long maxNanos) {}

  /** What the flusher tells the rest of the engine; called on its thread, must return at once. */
  public interface Events {
    /** Reads an entry of the log. */
    Function<LogPlace, Optional<Entry>> log();

    /** This instance has committed a change row. */
    void committed(ChangeRow row, long previousTag);

    /** Writes were confirmed whose change row is older than this commit. */
    void confirmedWithoutRow(List<Entry> entries);

    /** An accepted write was found overtaken. */
    void superseded(Entry entry);

    /** A write was put aside. */
    void deadLetter(DeadLetter letter);

    /** A batch is done. */
    void landed();
  }

  /** Makes a flusher; {@code executor} runs it, on a thread of its own. */
  public Flusher(
      Pending pending,
      TierPort truth,
      MergeStrategy merges,
      DeadLetterStore deadLetters,
      Batcher batcher,
      Pauses pauses,
      DrainRate drain,
      Events events,
      TimeSource time,
      Scheduler scheduler,
      RandomGenerator random,
      FailPoints failPoints,
      Executor executor,
      Consumer<Throwable> onError) {
    this.pending = pending;
    this.truth = truth;
    this.merges = merges;
    this.deadLetters = deadLetters;
    this.batcher = batcher;
    this.pauses = pauses;
    this.drain = drain;
    this.events = events;
    this.time = time;
    this.random = random;
    this.failPoints = failPoints;
    this.followsChanges = truth.has(ChangeLog.class);
    this.task = new SerialTask(executor, scheduler, time, this::run, onError);
  }

  /** Takes other limits. */
  public void configure(Batcher newBatcher, Pauses newPauses) {
    batcher = newBatcher;
    pauses = newPauses;
  }

  /** Something waits in pending: runs now if a batch is due, else when it will be. */
  public void added() {
    long nanos = nanosUntilDue();
    if (nanos <= 0) {
      task.kick();
    } else if (nanos != Long.MAX_VALUE) {
      task.kickAfter(nanos);
    }
  }

  /** Tries at once, whatever pause is on: the tier is back, or somebody waits. */
  public void retryNow() {
    hurry = true;
    task.kick();
  }

  /** No batch begins any more; waits, within the bound, for the one in flight. */
  public void stop(Duration bound) {
    stopped = true;
    task.stop(bound);
  }

  /** Writes that the ground truth confirmed. */
  public long persisted() {
    return persisted.get();
  }

  /** Accepted writes that it found overtaken. */
  public long superseded() {
    return superseded.get();
  }

  /** Writes put aside. */
  public long deadLettered() {
    return deadLettered.get();
  }

  /** Batches sent. */
  public long flushes() {
    return flushes.get();
  }

  /** Batches that failed for now. */
  public long failures() {
    return failures.get();
  }

  /** Why the last batch failed; empty if it did not. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  private long nanosUntilDue() {
    Waiting waiting = pending.waiting();
    if (waiting.count() == 0) {
      return Long.MAX_VALUE;
    }
    if (waiting.urgent()) {
      return 0;
    }
    return batcher.nanosUntilFlush(
        waiting.count(), waiting.bytes(), time.nanoTime() - waiting.sinceNanos());
  }

  private void run() {
    while (!stopped) {
      if (hurry) {
        hurry = false;
        pausing = false;
      }
      if (pausing && retryAtNanos - time.nanoTime() > 0) {
        task.kickAfter(retryAtNanos - time.nanoTime());
        return;
      }
      long nanos = nanosUntilDue();
      if (nanos > 0) {
        if (nanos != Long.MAX_VALUE) {
          task.kickAfter(nanos);
        }
        return;
      }
      try {
        flush();
      } catch (RuntimeException | Error e) {
        // Not foreseen; the writes wait again, and it is tried again like any failure.
        failure = e.getClass().getName();
        pause();
        task.kickAfter(retryAtNanos - time.nanoTime());
        throw e;
      }
    }
  }

  private void flush() {
    List<Entry> failed = new ArrayList<>();
    int sent = 0;
    try {
      List<Entry> batch = pending.take(batcher.maxCount(), batcher.maxBytes(), events.log());
      failPoints.proceed(FailPoint.FLUSH_TAKE);
      if (!batch.isEmpty()) {
        flushes.incrementAndGet();
        sent = batch.size();
        failed.addAll(batch);
        List<Entry> again = new ArrayList<>();
        deliver(batch, again);
        failed.clear();
        failed.addAll(again);
        drain.drained(bytes(batch) - bytes(again), time.nanoTime());
      }
    } catch (SyncEngineException e) {
      // The log could not be read: nothing was sent, and pending has everything back.
      failure = e.getMessage();
      pause();
      return;
    } finally {
      pending.landed(failed);
      events.landed();
    }
    settle(failed.size(), sent);
  }

  /** Pauses after a failure: longer and longer if nothing got through, shortly if something did. */
  private void settle(int failed, int sent) {
    if (failed < sent) {
      failedInARow = 0;
    }
    pausing = false;
    if (failed == 0) {
      failure = null;
    } else {
      pause();
    }
  }

  private void pause() {
    failures.incrementAndGet();
    Pauses p = pauses;
    long bound = Math.min(p.maxNanos, p.minNanos << Math.min(failedInARow, 20));
    failedInARow++;
    pausing = true;
    retryAtNanos = time.nanoTime() + random.nextLong(bound + 1);
  }

  private static long bytes(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.contentLength() + entry.id().length();
    }
    return bytes;
  }

  private void deliver(List<Entry> batch, List<Entry> again) {
    ApplyResult result;
    try {
      result = truth.apply(batch);
    } catch (TierException e) {
      refused(batch, again, e);
      return;
    }
    failPoints.proceed(FailPoint.CONFIRM);
    takeOutcomes(batch, result, again);
  }

  private void refused(List<Entry> batch, List<Entry> again, TierException e) {
    if (e.retryable() || !failPoints.proceed(FailPoint.SPLIT)) {
      failure = e.getMessage();
      again.addAll(batch);
    } else if (batch.size() == 1) {
      putAside(batch.get(0), ItemOutcome.REFUSED, e.getMessage(), again);
    } else {
      int middle = batch.size() / 2;
      deliver(batch.subList(0, middle), again);
      deliver(batch.subList(middle, batch.size()), again);
    }
  }

  private void takeOutcomes(List<Entry> batch, ApplyResult result, List<Entry> again) {
    List<Entry> withoutRow = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      ItemOutcome outcome = result.outcomes().get(i);
      switch (outcome.kind()) {
        case APPLIED -> confirm(entry, outcome.kind(), result.row() != null);
        case UNCHANGED -> {
          confirm(entry, outcome.kind(), true);
          withoutRow.add(entry);
        }
        case STALE -> confirm(entry, outcome.kind(), false);
        case CONFLICT -> join(entry, outcome.current(), again);
        default -> {
          if (outcome.retryable()) {
            failure = outcome.detail();
            again.add(entry);
          } else {
            putAside(entry, outcome.reason(), outcome.detail(), again);
          }
        }
      }
    }
    if (result.row() != null) {
      events.committed(result.row(), result.previousTag());
    }
    if (!withoutRow.isEmpty() && followsChanges) {
      events.confirmedWithoutRow(withoutRow);
    }
  }

  private void confirm(Entry entry, ItemOutcome.Kind kind, boolean awaitRow) {
    if (pending.confirm(entry, kind, awaitRow && followsChanges)) {
      superseded.incrementAndGet();
      events.superseded(entry);
    } else {
      persisted.incrementAndGet();
    }
  }

  /** Joins a write with what is there until the join is written or adds nothing. */
  private void join(Entry entry, Entry current, List<Entry> again) {
    Entry there = current;
    for (int i = 0; i < MAX_JOINS && there != null; i++) {
      Entry joined = merges.merge(entry, there);
      if (joined.revision().equals(there.revision())) {
        confirm(entry, ItemOutcome.Kind.STALE, false);
        return;
      }
      Entry based = joined.toBuilder().base(there.revision()).build();
      ApplyResult result;
      try {
        result = truth.apply(List.of(based));
      } catch (TierException e) {
        refused(List.of(entry), again, e);
        return;
      }
      ItemOutcome outcome = result.outcomes().get(0);
      if (outcome.kind() == ItemOutcome.Kind.APPLIED) {
        confirm(entry, outcome.kind(), false);
        events.committed(result.row(), result.previousTag());
        return;
      }
      there = outcome.current();
    }
    again.add(entry);
  }

  private void putAside(Entry entry, String reason, String detail, List<Entry> again) {
    try {
      DeadLetter letter =
          deadLetters.add(entry, reason, detail == null ? "" : detail, time.currentTimeMillis());
      failPoints.proceed(FailPoint.CONFIRM);
      pending.withdraw(
          entry,
          new TierException(
              truth.name(),
              "apply",
              false,
              "the write was refused and stands among the dead letters: " + reason,
              null));
      deadLettered.incrementAndGet();
      events.deadLetter(letter);
    } catch (SyncEngineException e) {
      failure = e.getMessage();
      again.add(entry);
    }
  }
}
