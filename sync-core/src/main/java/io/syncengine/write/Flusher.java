// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.batch.SerialTask;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.RetryPolicy;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Retry;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The only one who writes to the ground truth: takes what waits in pending, in batches, applies it,
 * and takes the outcomes back. A batch that is refused is split until the bad write is alone, which
 * then becomes a dead letter. A batch that fails for now waits, with pauses that grow, and the next
 * is smaller (multiplicative decrease as in congestion control; Chiu and Jain, 1989), until a write
 * that fails alone while the ground truth answers other calls has a pause of its own.
 *
 * <p>Fields without an access mode of their own belong to the runs of {@code task}, which never
 * overlap.
 */
public final class Flusher {
  private static final int MAX_JOINS = 10;
  private static final int SHRINK = 4;

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
  private volatile RetryPolicy retries;
  private volatile @Nullable String failure;
  private volatile boolean hurry;
  private volatile boolean stopped;
  private int failedInARow;
  // How many writes the next batch may hold: fewer after each failure, more after each success.
  private int sizeLimit = Integer.MAX_VALUE;
  private long answersAtFailure;
  private long retryAtNanos;
  private boolean pausing;

  /** What the flusher tells the rest of the engine; called on its thread, must return at once. */
  public interface Events {
    /** A batch whose highest version this is goes to the ground truth. */
    void sending(long highestVersion);

    /** Reads an entry of the log. */
    Function<LogPlace, Optional<Entry>> log();

    /** This instance has committed a change row. */
    void committed(ChangeRow row, long previousTag, List<Entry> written);

    /** The ground truth holds something above a write, in a row that may not be followed yet. */
    void overtaken(Entry entry);

    /** The ground truth has joined a write into an entry that it committed with a row. */
    void joined(Entry entry, ChangeRow row);

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
      RetryPolicy retries,
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
    this.retries = retries;
    this.drain = drain;
    this.events = events;
    this.time = time;
    this.random = random;
    this.failPoints = failPoints;
    this.followsChanges = truth.has(ChangeLog.class);
    this.task = new SerialTask(executor, scheduler, time, this::run, onError);
  }

  /** Takes other limits. */
  public void configure(Batcher newBatcher, RetryPolicy newRetries) {
    batcher = newBatcher;
    retries = newRetries;
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
      return waiting.nanosUntilRetry();
    }
    if (waiting.urgent()) {
      return 0;
    }
    long nanos =
        batcher.nanosUntilFlush(
            waiting.count(), waiting.bytes(), time.nanoTime() - waiting.sinceNanos());
    return Math.min(nanos, waiting.nanosUntilRetry());
  }

  private void run() {
    while (!stopped) {
      if (hurry) {
        hurry = false;
        pausing = false;
        pending.retryNow();
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
        failed(e.getClass().getName());
        task.kickAfter(retryAtNanos - time.nanoTime());
        throw e;
      }
    }
  }

  /** What became of one batch; belongs to the run that sends it. */
  private static final class Round {
    final Map<String, Retry> again = new HashMap<>();
    long bytesAgain;
    boolean answered;

    void retry(Entry entry, Retry how) {
      if (again.put(entry.id(), how) == null) {
        bytesAgain += weight(entry);
      }
    }

    void retry(List<Entry> entries, Retry how) {
      entries.forEach(entry -> retry(entry, how));
    }
  }

  private void flush() {
    Round round = new Round();
    try {
      int count = Math.min(batcher.maxCount(), sizeLimit);
      List<Entry> batch = pending.take(count, batcher.maxBytes(), events.log());
      if (!batch.isEmpty()) {
        flushes.incrementAndGet();
        send(batch, round);
        drain.drained(bytes(batch) - round.bytesAgain, time.nanoTime());
        settle(round, batch.size());
      }
    } catch (SyncEngineException e) {
      // The log could not be read: nothing was sent, and pending has everything back.
      failed(e.getMessage());
    } finally {
      pending.landed(round.again, this::pauseNanos);
      events.landed();
    }
  }

  private void send(List<Entry> batch, Round round) {
    try {
      failPoints.proceed(FailPoint.FLUSH_TAKE);
      events.sending(highestVersion(batch));
      deliver(batch, round);
    } catch (RuntimeException | Error e) {
      // Not foreseen: what of it was written comes back as UNCHANGED.
      round.retry(batch, Retry.AT_ONCE);
      throw e;
    }
  }

  /**
   * Pauses if the ground truth took nothing, longer and longer; writes that it refused for now have
   * pauses of their own.
   */
  private void settle(Round round, int sent) {
    pausing = false;
    if (round.answered) {
      failedInARow = 0;
      sizeLimit = sizeLimit > Integer.MAX_VALUE / SHRINK ? sizeLimit : sizeLimit * SHRINK;
    } else {
      sizeLimit = Math.max(1, sent / SHRINK);
    }
    if (!round.again.isEmpty()) {
      failures.incrementAndGet();
      if (!round.answered) {
        pause();
      }
    } else if (pending.failed() == 0) {
      failure = null;
    }
  }

  /** Nothing could be sent. */
  private void failed(String why) {
    failure = why;
    failures.incrementAndGet();
    pause();
  }

  private void pause() {
    failedInARow++;
    pausing = true;
    retryAtNanos = time.nanoTime() + pauseNanos(failedInARow);
    answersAtFailure = truth.answers();
  }

  /** A pause after so many failures in a row, drawn at random. */
  private long pauseNanos(int failuresInARow) {
    return retries.pause(failuresInARow, random).toNanos();
  }

  private static long highestVersion(List<Entry> batch) {
    long highest = 0;
    for (Entry entry : batch) {
      highest = Math.max(highest, entry.version());
    }
    return highest;
  }

  private static long weight(Entry entry) {
    return (long) entry.contentLength() + entry.id().length();
  }

  private static long bytes(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += weight(entry);
    }
    return bytes;
  }

  private void deliver(List<Entry> batch, Round round) {
    ApplyResult result;
    try {
      result = truth.apply(batch);
    } catch (TierException e) {
      refused(batch, round, e);
      return;
    }
    round.answered = true;
    failPoints.proceed(FailPoint.CONFIRM);
    takeOutcomes(batch, result, round);
  }

  private void refused(List<Entry> batch, Round round, TierException e) {
    if (e.retryable() || !failPoints.proceed(FailPoint.SPLIT)) {
      failure = e.getMessage();
      round.retry(batch, batch.size() == 1 && answers(e) ? Retry.ALONE : Retry.AT_ONCE);
    } else if (batch.size() == 1) {
      round.answered = true;
      putAside(batch.get(0), ItemOutcome.REFUSED, e.getMessage(), round);
    } else {
      int middle = batch.size() / 2;
      deliver(batch.subList(0, middle), round);
      deliver(batch.subList(middle, batch.size()), round);
    }
  }

  /** Whether the ground truth has answered something since this flusher's last failure. */
  private boolean answers(TierException e) {
    return !(e instanceof TierUnavailableException) || truth.answers() != answersAtFailure;
  }

  private void takeOutcomes(List<Entry> batch, ApplyResult result, Round round) {
    List<Entry> withoutRow = new ArrayList<>();
    List<Entry> written = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      ItemOutcome outcome = result.outcomes().get(i);
      switch (outcome.kind()) {
        case APPLIED -> {
          confirm(entry, outcome.kind(), result.row() != null);
          written.add(entry);
        }
        case UNCHANGED -> {
          confirm(entry, outcome.kind(), true);
          withoutRow.add(entry);
        }
        case STALE -> {
          events.overtaken(entry);
          confirm(entry, outcome.kind(), false);
          withoutRow.add(entry);
        }
        case CONFLICT -> join(entry, outcome.current(), round);
        default -> {
          if (outcome.retryable()) {
            failure = outcome.detail();
            round.retry(entry, Retry.LATER);
          } else {
            putAside(
                entry,
                Objects.requireNonNullElse(outcome.reason(), ItemOutcome.REFUSED),
                Objects.requireNonNullElse(outcome.detail(), ""),
                round);
          }
        }
      }
    }
    committed(result, written);
    if (!withoutRow.isEmpty() && followsChanges) {
      events.confirmedWithoutRow(withoutRow);
    }
  }

  /** Hands the change row over, if the tier keeps change rows. */
  private void committed(ApplyResult result, List<Entry> written) {
    if (result.row() != null) {
      events.committed(result.row(), result.previousTag(), written);
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
  private void join(Entry entry, @Nullable Entry current, Round round) {
    Entry there = current;
    for (int i = 0; i < MAX_JOINS && there != null; i++) {
      Entry joined = merges.merge(entry, there);
      if (joined.revision().equals(there.revision())) {
        events.overtaken(entry);
        confirm(entry, ItemOutcome.Kind.STALE, false);
        if (followsChanges) {
          events.confirmedWithoutRow(List.of(entry));
        }
        return;
      }
      Entry based = joined.toBuilder().base(there.revision()).build();
      ApplyResult result;
      try {
        result = truth.apply(List.of(based));
      } catch (TierException e) {
        notJoined(entry, e, round);
        return;
      }
      ItemOutcome outcome = result.outcomes().get(0);
      if (outcome.kind() == ItemOutcome.Kind.APPLIED) {
        if (result.row() != null) {
          events.joined(based, result.row());
        }
        confirm(entry, outcome.kind(), false);
        committed(result, List.of(based));
        return;
      }
      there = outcome.current();
    }
    round.retry(entry, Retry.LATER);
  }

  private void notJoined(Entry entry, TierException e, Round round) {
    if (e.retryable()) {
      failure = e.getMessage();
      round.retry(entry, Retry.LATER);
    } else {
      putAside(entry, ItemOutcome.REFUSED, e.getMessage(), round);
    }
  }

  private void putAside(Entry entry, String reason, String detail, Round round) {
    try {
      DeadLetter letter = deadLetters.add(entry, reason, detail, time.currentTimeMillis());
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
      round.retry(entry, Retry.LATER);
    }
  }
}
