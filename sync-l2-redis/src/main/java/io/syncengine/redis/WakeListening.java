// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.Subscriber.Subscription;
import io.syncengine.spi.Wake;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One who listens to a channel, for as long as it is open: the subscription is confirmed now and
 * then, and made anew when it has ended. What was told meanwhile is not heard.
 */
// Concurrency: `subscription` is atomic: set by the one thread of `tending`, and at first by who
// begins, taken out by whoever finds it ended or closes. `closed` is volatile, set once, and looked
// at again by who has set the subscription. `failures` and `next` are the monitor's, which is not
// held over I/O.
final class WakeListening implements Wake.Listening {
  /** How often it is looked whether the other side is still there. */
  private static final Duration BEAT = Duration.ofSeconds(5);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final System.Logger LOG = System.getLogger(WakeListening.class.getName());

  private final Subscriber subscriber;
  private final byte[] channel;
  private final Consumer<String> listener;
  private final Duration timeout;
  private final Consumer<WakeListening> onClose;
  private final ScheduledThreadPoolExecutor tending;
  private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
  private volatile boolean closed;
  private int failures;
  private @Nullable Future<?> next;

  /**
   * Does not listen yet.
   *
   * @param listener is told the origins
   * @param timeout how long a step of the connection may take
   * @param onClose is told when this was closed
   */
  WakeListening(
      Subscriber subscriber,
      byte[] channel,
      Consumer<String> listener,
      Duration timeout,
      Consumer<WakeListening> onClose) {
    this.subscriber = subscriber;
    this.channel = channel.clone();
    this.listener = listener;
    this.timeout = timeout;
    this.onClose = onClose;
    this.tending = new ScheduledThreadPoolExecutor(1, WakeListening::daemon);
    tending.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "sync-redis-wake");
    thread.setDaemon(true);
    return thread;
  }

  /** Subscribes for the first time; if that fails, nothing is left. */
  void begin() throws ConnectionException {
    try {
      subscribe();
    } catch (ConnectionException | RuntimeException e) {
      close();
      throw e;
    }
    tendLater();
  }

  private void subscribe() throws ConnectionException {
    Subscription made = subscriber.subscribe(channel, this::heard, timeout);
    subscription.set(made);
    if (closed) {
      end(subscription.getAndSet(null));
      return;
    }
    made.ended().thenRun(() -> lost(made));
  }

  private void heard(byte[] message) {
    listener.accept(new String(message, StandardCharsets.UTF_8));
  }

  /** On the client's thread. */
  private void lost(Subscription gone) {
    if (subscription.compareAndSet(gone, null)) {
      failed();
      tendLater();
    }
  }

  private void tend() {
    Subscription there = subscription.get();
    try {
      if (there == null) {
        subscribe();
      } else {
        there.confirm(timeout);
        confirmed();
      }
    } catch (ConnectionException e) {
      LOG.log(System.Logger.Level.DEBUG, "no word of other instances is heard now", e);
      if (there == null) {
        failed();
      } else {
        // Ended, and so lost.
        there.close();
      }
    } finally {
      tendLater();
    }
  }

  private synchronized void confirmed() {
    failures = 0;
  }

  private synchronized void failed() {
    failures++;
  }

  /** What was planned before is forgotten: only the newest knows how things are. */
  private synchronized void tendLater() {
    if (closed) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    Duration after = subscription.get() == null ? pause() : BEAT;
    next = tending.schedule(this::tend, after.toNanos(), TimeUnit.NANOSECONDS);
  }

  private Duration pause() {
    Duration pause = SHORTEST_PAUSE;
    for (int i = 1; i < failures && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private static void end(@Nullable Subscription gone) {
    if (gone != null) {
      gone.close();
    }
  }

  /** Ends within about three seconds; a connect that is under way ends by its own time-out. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      tending.shutdownNow();
    }
    boolean interrupted = false;
    try {
      if (!tending.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(System.Logger.Level.DEBUG, "who listens to Redis is not done yet");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    end(subscription.getAndSet(null));
    onClose.accept(this);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
