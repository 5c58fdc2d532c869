// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.model.PressureLevel;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.pressure.DrainRate;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Lets writes in, slows them or refuses them, by the level of pressure. At THROTTLE writes are let
 * in one after the other at the rate at which bytes drain.
 *
 * <p>Safe from any thread: {@code nextEntry} moves by compare-and-set.
 */
final class PressureGate {
  private static final long MIN_RETRY_NANOS = 50_000_000L;
  private static final long MAX_RETRY_NANOS = 5_000_000_000L;

  private final Supplier<PressureLevel> level;
  private final DrainRate drain;
  private final TimeSource time;
  private final FailPoints failPoints;
  // When the next write may enter at THROTTLE, in nanoseconds.
  private final AtomicLong nextEntry;

  /**
   * Makes a gate.
   *
   * @param level the level that stands
   */
  PressureGate(
      Supplier<PressureLevel> level, DrainRate drain, TimeSource time, FailPoints failPoints) {
    this.level = level;
    this.drain = drain;
    this.time = time;
    this.failPoints = failPoints;
    this.nextEntry = new AtomicLong(time.nanoTime());
  }

  /**
   * Asks for entry.
   *
   * @return how long to wait before going on, in nanoseconds; 0 for now
   * @throws WriteRejectedException if the write is refused
   */
  long enter(long bytes, boolean delete, Duration maxWait) {
    PressureLevel now = level.get();
    switch (now) {
      case NORMAL, WARN -> {
        return 0;
      }
      case THROTTLE -> {
        // Deletes make room and are taken one level further up, so they do not wait here either.
        return delete ? 0 : pace(bytes, maxWait.toNanos());
      }
      case CRITICAL -> {
        if (!delete) {
          refuse(now, bytes);
        }
        return 0;
      }
      default -> {
        refuse(now, bytes);
        return 0;
      }
    }
  }

  private long pace(long bytes, long maxWaitNanos) {
    long now = time.nanoTime();
    long cost = drain.nanosFor(bytes, now, MAX_RETRY_NANOS);
    while (true) {
      long next = nextEntry.get();
      long start = next - now < 0 ? now : next;
      long wait = start + cost - now;
      if (wait > maxWaitNanos) {
        if (failPoints.proceed(FailPoint.REFUSE)) {
          throw new WriteRejectedException(PressureLevel.THROTTLE, retryAfter(wait));
        }
        return 0;
      }
      if (nextEntry.compareAndSet(next, start + cost)) {
        return wait;
      }
    }
  }

  private void refuse(PressureLevel now, long bytes) {
    if (failPoints.proceed(FailPoint.REFUSE)) {
      long nanos = drain.nanosFor(bytes, time.nanoTime(), MAX_RETRY_NANOS);
      throw new WriteRejectedException(now, retryAfter(nanos));
    }
  }

  private static Duration retryAfter(long nanos) {
    return Duration.ofNanos(Math.max(MIN_RETRY_NANOS, Math.min(MAX_RETRY_NANOS, nanos)));
  }
}
