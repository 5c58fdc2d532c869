// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.change;

import io.syncengine.batch.SerialTask;
import io.syncengine.change.ChangeFollower.Position;
import io.syncengine.model.ChangeEvent;
import io.syncengine.model.ChangePosition;
import io.syncengine.model.ItemChange;
import io.syncengine.model.PositionGoneException;
import io.syncengine.model.TierException;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives commits to applications. Each subscriber reads the change log by itself, from its own
 * position, as much as it asked for, and never beyond what this instance has followed: so what it
 * then reads is not older than what it was told of. The follower only wakes it.
 *
 * <p>{@code subscribers} is safe from any thread.
 */
public final class ChangeFeed {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final int PAGE_ROWS = 256;

  private final TierPort truth;
  private final Supplier<@Nullable Position> followed;
  private final Supplier<Duration> poll;
  private final TimeSource time;
  private final Scheduler scheduler;
  private final Executor reading;
  private final Executor telling;
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /**
   * Makes a feed without subscribers.
   *
   * @param followed where this instance's follower stands; null if nowhere yet
   * @param poll how long to wait where nothing wakes it
   * @param reading reads the change log
   * @param telling calls subscribers
   */
  public ChangeFeed(
      TierPort truth,
      Supplier<@Nullable Position> followed,
      Supplier<Duration> poll,
      TimeSource time,
      Scheduler scheduler,
      Executor reading,
      Executor telling) {
    this.truth = truth;
    this.followed = followed;
    this.poll = poll;
    this.time = time;
    this.scheduler = scheduler;
    this.reading = reading;
    this.telling = telling;
  }

  /** The commits behind a position that changed an id of a kind. */
  public Flow.Publisher<ChangeEvent> from(ChangePosition position, Predicate<String> ids) {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      Subscriber one = new Subscriber(subscriber, position, ids);
      subscribers.add(one);
      one.place(followed.get());
      try {
        subscriber.onSubscribe(one);
      } catch (RuntimeException | Error e) {
        one.cancel(); // or it would keep its rows
        throw e;
      }
      one.begin();
    };
  }

  /** The follower has moved; called on its thread before it moves again. */
  public void moved() {
    Position now = followed.get();
    for (Subscriber one : subscribers) {
      one.place(now);
      one.fetch.kick();
    }
  }

  /** The first row that a subscriber still needs; empty if there is none. */
  public OptionalLong needed() {
    return subscribers.stream().mapToLong(Subscriber::needed).filter(n -> n > 0).min();
  }

  /** Completes all subscriptions. */
  public void stop(Duration bound) {
    stopped = true;
    for (Subscriber one : subscribers) {
      one.fetch.stop(bound);
      one.end(null);
    }
  }

  /**
   * One subscription. {@code at} is set once by whoever first knows where the follower stands, from
   * then on by the runs of {@code fetch}, and read by anyone; {@code events} is filled by them and
   * emptied by the runs of {@code tell}, which alone call the subscriber. {@code demand} and {@code
   * over} are changed by anyone.
   */
  private final class Subscriber implements Flow.Subscription {
    private final Flow.Subscriber<? super ChangeEvent> subscriber;
    private final ChangePosition start;
    private final Predicate<String> ids;
    private final SerialTask fetch;
    private final SerialTask tell;
    private final Queue<ChangeEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    // The row that was read last; null while the latest is wanted and the follower stands nowhere.
    private final AtomicReference<@Nullable ChangePosition> at;
    // How it ends, once what was asked for was told: a failure, or nothing for the end.
    private volatile @Nullable Ending ending;
    private volatile boolean begun;
    // Whether `at` is a place in the change log that there is.
    private volatile boolean stands;

    private record Ending(@Nullable Throwable failure) {}

    Subscriber(
        Flow.Subscriber<? super ChangeEvent> subscriber,
        ChangePosition start,
        Predicate<String> ids) {
      this.subscriber = subscriber;
      this.start = start;
      this.ids = ids;
      this.at = new AtomicReference<>(start.equals(ChangePosition.latest()) ? null : start);
      this.fetch = new SerialTask(reading, scheduler, time, this::fetch, this::end);
      this.tell = new SerialTask(telling, scheduler, time, this::tell, this::failed);
    }

    /** Begins where the follower stands, if the latest is wanted and was not known before. */
    void place(@Nullable Position now) {
      if (now != null && at.get() == null) {
        at.compareAndSet(null, new ChangePosition(now.databaseId(), now.sequence(), now.tag()));
        stands = true;
      }
    }

    /**
     * The first row that is still needed; 0 if that is not known yet: a position that was given may
     * be gone, and would keep rows for nobody until it is read from.
     */
    long needed() {
      ChangePosition known = at.get();
      return known == null || !stands ? 0 : Math.max(1, known.sequence());
    }

    void begin() {
      begun = true;
      if (stopped) {
        end(null);
      }
      fetch.kick();
      tell.kick();
    }

    @Override
    public void request(long n) {
      if (n < 1) {
        end(new IllegalArgumentException("request(" + n + "); 1 or more is needed"));
        return;
      }
      demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
      if (begun) {
        tell.kick();
      }
    }

    @Override
    public void cancel() {
      over.set(true);
      subscribers.remove(this);
      events.clear();
    }

    /**
     * Ends it after what was read and asked for. What was read and not asked for is left out: who
     * goes on from the last event gets it then.
     *
     * @param failure what it fails with; null completes it
     */
    void end(@Nullable Throwable failure) {
      if (ending == null) {
        ending = new Ending(failure);
      }
      tell.kick();
    }

    /** The subscriber threw, which ends it. */
    private void failed(Throwable thrown) {
      LOG.log(System.Logger.Level.ERROR, "a subscriber of changes is not told any more", thrown);
      cancel();
    }

    // --- the subscriber's side

    private void tell() {
      if (!begun) {
        return;
      }
      while (!over.get() && demand.get() > 0) {
        ChangeEvent event = events.poll();
        if (event == null) {
          break;
        }
        if (demand.get() != Long.MAX_VALUE) {
          demand.decrementAndGet();
        }
        subscriber.onNext(event);
      }
      Ending how = ending;
      if (how != null && over.compareAndSet(false, true)) {
        subscribers.remove(this);
        events.clear();
        if (how.failure == null) {
          subscriber.onComplete();
        } else {
          subscriber.onError(how.failure);
        }
        return;
      }
      if (events.isEmpty()) {
        fetch.kick();
      }
    }

    // --- the change log's side

    /** Reads on; what it throws ends the subscription. */
    private void fetch() {
      if (stopped || over.get() || ending != null || !events.isEmpty() || demand.get() == 0) {
        return;
      }
      Position limit = followed.get();
      if (limit == null || at.get() == null) {
        return; // until the follower stands somewhere, of which it tells
      }
      try {
        while (events.isEmpty() && read(limit)) {
          // On through rows that have nothing for this subscriber.
        }
      } catch (TierException e) {
        // It is told to nobody: the position stands, and the next try goes on from there.
        fetch.kickAfter(poll.get().toNanos());
        return;
      }
      if (!events.isEmpty()) {
        tell.kick();
      }
    }

    /** Reads a page up to a limit; returns whether there is more. */
    private boolean read(Position limit) {
      ChangePosition from = Objects.requireNonNull(at.get());
      if (from.sequence() >= limit.sequence() && from.databaseId().equals(limit.databaseId())) {
        requireSame(from, limit);
        return false;
      }
      boolean anywhere = from.databaseId().isEmpty();
      // What is sound is told before the subscription ends at a damaged row.
      ChangePage page = truth.pollSound(anywhere ? 0 : from.sequence(), PAGE_ROWS);
      if (!anywhere && !continues(from, page)) {
        throw gone(from);
      }
      ChangePosition reached = from;
      long expected = page.rows().isEmpty() ? 0 : page.rows().get(0).sequence();
      for (ChangeRow row : page.rows()) {
        if (row.sequence() != expected++ || row.sequence() > limit.sequence()) {
          break; // a gap is found by who goes on from before it
        }
        ChangePosition behind = new ChangePosition(page.databaseId(), row.sequence(), row.tag());
        if (anywhere || row.sequence() > from.sequence()) {
          take(row, behind);
        }
        reached = behind;
      }
      at.set(reached);
      stands = true;
      return reached.sequence() < limit.sequence() && !reached.equals(from);
    }

    /** Where both are at one place, or this one is ahead of the history that there is. */
    private void requireSame(ChangePosition from, Position limit) {
      if (from.sequence() == limit.sequence() && from.tag() != limit.tag()) {
        throw gone(from);
      }
      if (from.sequence() > limit.sequence() && from.equals(start)) {
        ChangePage page = truth.poll(from.sequence(), 1);
        if (!continues(from, page)) {
          throw gone(from);
        }
      }
    }

    private static boolean continues(ChangePosition from, ChangePage page) {
      return new Position(from.databaseId(), from.sequence(), from.tag()).goesOnIn(page);
    }

    private static PositionGoneException gone(ChangePosition from) {
      return new PositionGoneException(
          from,
          "the change log does not go on from "
              + from
              + " any more; read everything anew, and go on from a position taken before that");
    }

    private void take(ChangeRow row, ChangePosition behind) {
      List<ItemChange> wanted = new ArrayList<>();
      for (Change change : row.changes()) {
        if (ids.test(change.id())) {
          wanted.add(new ItemChange(change.id(), kind(change), change.revision()));
        }
      }
      if (!wanted.isEmpty()) {
        events.add(
            new ChangeEvent(
                behind, row.origin(), Instant.ofEpochMilli(row.committedAtMillis()), wanted));
      }
    }

    private static ItemChange.Kind kind(Change change) {
      if (change.revision().tombstone()) {
        return ItemChange.Kind.DELETED;
      }
      return change.before() == Before.State.LIVE
          ? ItemChange.Kind.UPDATED
          : ItemChange.Kind.CREATED;
    }
  }
}
