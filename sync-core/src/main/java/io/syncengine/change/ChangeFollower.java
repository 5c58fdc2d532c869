// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.change;

import io.syncengine.batch.SerialTask;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.TierException;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only reader of the change log. Hands every change, in order and once, to those who keep
 * something that it concerns. Rows that this instance commits are handed over at once when they are
 * next in sequence; the others come with the next poll.
 *
 * <p>A poll reads from its own position, inclusive: another row there, a missing one, a lower head
 * or another database means another history, and everything that was learned is forgotten.
 *
 * <p>{@code position} and {@code unsettled} are guarded by the monitor, under which rows are handed
 * over (which takes stripes, no I/O); polls are made outside it, by the runs of {@code task}.
 */
public final class ChangeFollower {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final int PAGE_ROWS = 256;

  private final TierPort truth;
  private final Listener listener;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final SerialTask task;
  private final AtomicLong followed = new AtomicLong();
  private List<Entry> unsettled = new ArrayList<>();
  private @Nullable Position position;
  // Written under the monitor.
  private volatile long generation;
  private volatile long pollNanos;
  private volatile long confirmedAtNanos;
  private volatile boolean confirmed;
  private volatile boolean stopped;

  /**
   * A place in a history.
   *
   * @param databaseId which database
   * @param sequence the row followed last; 0 for none
   * @param tag its tag
   */
  public record Position(String databaseId, long sequence, long tag) {
    /**
     * Whether a page that was read from here on, inclusive, is of the same history. One without
     * rows is, if its head is here.
     */
    boolean goesOnIn(ChangePage page) {
      if (!databaseId.equals(page.databaseId()) || page.head() < sequence) {
        return false;
      }
      if (page.rows().isEmpty()) {
        return page.head() == sequence && page.headTag() == tag;
      }
      long expected = Math.max(1, sequence);
      for (ChangeRow row : page.rows()) {
        if (row.sequence() != expected++) {
          return false;
        }
      }
      return sequence == 0 || page.rows().get(0).tag() == tag;
    }
  }

  /** Who keeps something that changes concern; called on any thread, takes no I/O. */
  public interface Listener {
    /** The next row, whatever it changed. */
    void followed(ChangeRow row);

    /**
     * The history is another one: nothing that was learned from this tier holds.
     *
     * @param from where it is followed from
     */
    void anotherHistory(Position from);

    /** An own row stands at or behind the position, where it was followed or skipped. */
    void passed(ChangeRow row);

    /** The follower has passed everything there was when these were confirmed. */
    void settled(List<Entry> entries);
  }

  /** Makes a follower that stands nowhere yet; {@code executor} runs its polls. */
  public ChangeFollower(
      TierPort truth,
      Listener listener,
      long pollNanos,
      TimeSource time,
      Scheduler scheduler,
      Executor executor,
      FailPoints failPoints,
      Consumer<Throwable> onError) {
    this.truth = truth;
    this.listener = listener;
    this.pollNanos = pollNanos;
    this.time = time;
    this.failPoints = failPoints;
    this.confirmedAtNanos = time.nanoTime();
    this.task = new SerialTask(executor, scheduler, time, this::run, onError);
  }

  /** Where the follower stands; null before its first poll. */
  public synchronized @Nullable Position position() {
    return position;
  }

  /** The generation of the caches before the ground truth; 0 before the first poll, or for none. */
  public long generation() {
    return generation;
  }

  /** Polls on this thread until the end of the log is seen; before the first {@link #poll}. */
  public void pollNow() {
    catchUp();
  }

  /** Polls now and then again and again. */
  public void poll() {
    task.kick();
  }

  /** Polls more or less often. */
  public void pollEvery(long nanos) {
    pollNanos = nanos;
  }

  /** No poll begins any more; waits, within the bound, for the one that runs. */
  public void stop(Duration bound) {
    stopped = true;
    task.stop(bound);
  }

  /** Change rows followed. */
  public long followed() {
    return followed.get();
  }

  /** Whether a poll has seen the end of the log at all. */
  public boolean confirmed() {
    return confirmed;
  }

  /** How long ago the poll was sent that last saw the end of the log, in nanoseconds. */
  public long nanosSinceConfirmed() {
    return time.nanoTime() - confirmedAtNanos;
  }

  /**
   * A row that this instance has just committed.
   *
   * @param previousTag the tag of the row before it, as its transaction saw it: another one than
   *     that of the row followed last means another history, which the next poll finds
   */
  public void own(ChangeRow row, long previousTag) {
    boolean next = false;
    synchronized (this) {
      Position at = position;
      if (at != null && row.sequence() <= at.sequence) {
        // Followed by a poll, or skipped by one that found the position; it will not come again.
        listener.passed(row);
      } else if (at != null && row.sequence() == at.sequence + 1 && previousTag == at.tag) {
        advance(at, row);
        next = true;
      }
    }
    if (!next) {
      task.kick();
    }
  }

  /** Writes that were confirmed, but whose change row may lie before or after the position. */
  public void settleAfterPoll(List<Entry> entries) {
    synchronized (this) {
      unsettled.addAll(entries);
    }
    task.kick();
  }

  private void run() {
    if (stopped) {
      return;
    }
    try {
      catchUp();
    } catch (TierException e) {
      // The port remembers why; health says how long this has lasted.
      return;
    } finally {
      // Whatever it was: it polls on, or nobody would see other instances' writes any more.
      task.kickAfter(pollNanos);
    }
  }

  /** Polls until the end of the log is seen. */
  private void catchUp() {
    List<Entry> settling;
    synchronized (this) {
      settling = unsettled;
      unsettled = new ArrayList<>();
    }
    try {
      pollToEnd();
      listener.settled(settling);
    } catch (RuntimeException e) {
      synchronized (this) {
        unsettled.addAll(settling);
      }
      throw e;
    }
  }

  private void pollToEnd() {
    boolean atEnd = false;
    while (!atEnd && !stopped) {
      long sent = time.nanoTime();
      Position from = position();
      atEnd = take(from, page(from));
      if (atEnd) {
        confirmedAtNanos = sent;
        confirmed = true;
      }
    }
  }

  /**
   * The rows behind a position. Where the next one is damaged, nobody can know what it changed: the
   * page has no rows then, and is another history, which is followed from its head, unless that is
   * where the position is.
   */
  private ChangePage page(@Nullable Position from) {
    if (from == null) {
      return truth.poll(1, 0);
    }
    try {
      return truth.pollSound(from.sequence, PAGE_ROWS);
    } catch (CorruptDataException e) {
      ChangePage head = truth.poll(1, 0);
      if (!from.goesOnIn(head)) {
        LOG.log(
            System.Logger.Level.ERROR,
            "the change log is damaged at or behind row "
                + from.sequence
                + "; it is followed from its head, and what was known before is given up",
            e);
      }
      return head;
    }
  }

  /** Takes a page in; returns whether it reached the head. */
  private synchronized boolean take(@Nullable Position from, ChangePage page) {
    Position at = position;
    if (at == null || from == null || !from.goesOnIn(page)) {
      // What was loaded before the position was known may have changed since.
      Position head = new Position(page.databaseId(), page.head(), page.headTag());
      position = head;
      generation = page.generation();
      listener.anotherHistory(head);
      return true;
    }
    generation = Math.max(generation, page.generation());
    for (ChangeRow row : page.rows()) {
      if (row.sequence() == at.sequence + 1) {
        at = advance(at, row);
      }
    }
    return at.sequence >= page.head();
  }

  private Position advance(Position from, ChangeRow row) {
    if (failPoints.proceed(FailPoint.FOLLOW)) {
      listener.followed(row);
    }
    Position to = new Position(from.databaseId, row.sequence(), row.tag());
    position = to;
    followed.incrementAndGet();
    return to;
  }
}
