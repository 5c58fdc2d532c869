// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pressure;

/**
 * How many bytes a second leave for the ground truth, as an average that forgets with a time
 * constant of five seconds. Guarded by its monitor.
 */
public final class DrainRate {
  private static final double TIME_CONSTANT_NANOS = 5e9;

  private double bytesPerNano;
  private long lastNanos;
  private boolean started;

  /** Makes a rate of zero. */
  public DrainRate() {}

  /** Bytes have left. */
  public synchronized void drained(long bytes, long nowNanos) {
    if (!started) {
      started = true;
      lastNanos = nowNanos;
      return;
    }
    double elapsed = Math.max(1, nowNanos - lastNanos);
    double keep = Math.exp(-elapsed / TIME_CONSTANT_NANOS);
    bytesPerNano = bytesPerNano * keep + (1 - keep) * bytes / elapsed;
    lastNanos = nowNanos;
  }

  /** How long a number of bytes takes at this rate, in nanoseconds, at most {@code otherwise}. */
  public synchronized long nanosFor(long bytes, long nowNanos, long otherwise) {
    double elapsed = Math.max(0, nowNanos - lastNanos);
    double rate = bytesPerNano * Math.exp(-elapsed / TIME_CONSTANT_NANOS);
    double nanos = rate <= 0 ? Double.MAX_VALUE : bytes / rate;
    return (long) Math.min((double) otherwise, nanos);
  }
}
