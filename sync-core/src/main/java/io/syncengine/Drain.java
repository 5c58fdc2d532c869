// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.DrainReport;
import io.syncengine.model.SyncEngineException;
import io.syncengine.pending.Waiter;
import io.syncengine.spi.FailPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Carries down what was accepted, within a bound, and tells what became of it. */
final class Drain {
  private static final System.Logger LOG = System.getLogger("io.syncengine");

  private final Parts parts;

  Drain(Parts parts) {
    this.parts = parts;
  }

  DrainReport flush(Duration timeout) {
    long persisted = parts.flusher.persisted() + parts.flusher.superseded();
    long deadLettered = parts.flusher.deadLettered();
    long start = parts.time.nanoTime();
    long end = start + timeout.toNanos();
    if (parts.log != null) {
      waitUntil(parts.log.appender().drained(), end);
    }
    CompletableFuture<Void> barrier = parts.pending.barrier();
    parts.flusher.retryNow();
    try {
      waitUntil(barrier, end);
    } finally {
      parts.pending.abandon(barrier);
    }
    return report(persisted, deadLettered, start, List.of());
  }

  /**
   * Drains and closes everything that the engine opened.
   *
   * @param ran whether it ever took a call; an engine whose start failed has nothing to drain
   */
  DrainReport close(boolean ran, Duration timeout, Upkeep upkeep, Startup startup) {
    try {
      return drainAndStop(ran, timeout, upkeep);
    } finally {
      goOn("keep the clock", startup::keepClock);
      if (parts.log != null && startup.logOpen()) {
        goOn("close the log", parts.log.wal()::close);
      }
      if (parts.cache != null) {
        goOn("close the cache", parts.cache.port()::close);
      }
      goOn("close the ground truth", parts.truth::close);
    }
  }

  /** What a log or tier throws at the end, against its contract, must not cost the report. */
  private static void goOn(String step, Runnable body) {
    try {
      body.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "an engine that closes could not " + step, e);
    }
  }

  private DrainReport drainAndStop(boolean ran, Duration timeout, Upkeep upkeep) {
    long persisted = parts.flusher.persisted() + parts.flusher.superseded();
    long deadLettered = parts.flusher.deadLettered();
    long start = parts.time.nanoTime();
    Duration bound = parts.config().tierTimeout();
    parts.writes.close(bound);
    if (ran && !parts.config().readOnly() && parts.failPoints.proceed(FailPoint.DRAIN)) {
      drain(timeout);
    }
    upkeep.stop(bound);
    parts.follower.stop(bound);
    parts.feed.stop(bound);
    parts.flusher.stop(bound);
    if (parts.filter != null) {
      parts.filter.stop(bound);
    }
    if (parts.cache != null) {
      parts.cache.feeder().stop(parts.config().l2Timeout());
    }
    if (parts.log != null) {
      parts.log.appender().stop(bound);
    }
    parts.pending.failWaiters(Drain::unanswered);
    List<DeadLetter> letters =
        parts.deadLetters.memoryBytes() > 0 ? parts.deadLetters.list(Integer.MAX_VALUE) : List.of();
    DrainReport report = report(persisted, deadLettered, start, letters);
    if (report.lostCount() > 0) {
      LOG.log(
          System.Logger.Level.ERROR,
          report.lostCount() + " writes are lost: no tier took them and there is no log");
    }
    if (parts.log != null && !parts.config().readOnly()) {
      goOn("truncate the log", parts.log.appender()::truncateNow);
    }
    return report;
  }

  private void drain(Duration timeout) {
    try {
      if (parts.truth.isOpen()) {
        flush(timeout);
      } else if (parts.log != null) {
        // No ground truth to drain into, but what was handed over still gets into the log.
        waitUntil(parts.log.appender().drained(), parts.time.nanoTime() + timeout.toNanos());
      }
    } catch (SyncEngineException e) {
      LOG.log(System.Logger.Level.WARNING, "the drain was cut short", e);
    }
  }

  private static RuntimeException unanswered(Waiter waiter) {
    return waiter.receipt().reached() == Ack.LOGGED
        ? new AckTimeoutException(waiter.receipt())
        : new IllegalStateException("the engine was closed before the write was persisted");
  }

  private DrainReport report(
      long persisted, long deadLettered, long startNanos, List<DeadLetter> letters) {
    List<String> lost = new ArrayList<>();
    long[] counts = new long[2];
    if (!parts.config().readOnly()) {
      parts.pending.forEachUnconfirmed(
          (id, logged) -> {
            if (logged) {
              counts[0]++;
            } else {
              counts[1]++;
              if (lost.size() < DrainReport.MAX_LISTED) {
                lost.add(id);
              }
            }
          });
    }
    return new DrainReport(
        parts.flusher.persisted() + parts.flusher.superseded() - persisted,
        parts.flusher.deadLettered() - deadLettered,
        counts[0],
        lost,
        counts[1],
        letters,
        Duration.ofNanos(parts.time.nanoTime() - startNanos));
  }

  private void waitUntil(Future<?> future, long endNanos) {
    try {
      future.get(Math.max(0, endNanos - parts.time.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The report says what is left.
      return;
    } catch (ExecutionException e) {
      throw new SyncEngineException("draining failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SyncEngineException("interrupted while draining; accepted writes stand", e);
    }
  }
}
