// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pressure;

import io.syncengine.model.PressureLevel;
import java.util.List;

/**
 * Turns a pressure into a level. WARN and CRITICAL begin where the configuration says, THROTTLE
 * midway between them, EMERGENCY and SHUTDOWN at a half and four fifths of what is left above
 * CRITICAL. A level is left downwards only a tenth of that rest below its mark, and SHUTDOWN is
 * entered only after the pressure has stood above its mark for a while.
 *
 * <p>{@code band} is replaced under the monitor and read by anyone: within it nothing changes.
 */
public final class PressureLevels {
  /** By rising pressure, as the marks. */
  private static final List<PressureLevel> LEVELS = List.of(PressureLevel.values());

  private final double[] marks;
  private final double hysteresis;
  private final long shutdownAfterNanos;
  private volatile Band band;
  // Since when the pressure stands above the SHUTDOWN mark; guarded by this.
  private long aboveSince;
  // Written under this, read by anyone.
  private volatile boolean above;

  private record Band(PressureLevel level, double low, double high) {}

  /**
   * Makes levels that stand at NORMAL.
   *
   * @param warn above 0
   * @param critical above {@code warn}, below 1
   * @param shutdownAfterNanos how long above the mark before SHUTDOWN
   */
  public PressureLevels(double warn, double critical, long shutdownAfterNanos) {
    double rest = 1 - critical;
    this.marks =
        new double[] {
          0, warn, (warn + critical) / 2, critical, critical + rest / 2, critical + rest * 4 / 5
        };
    this.hysteresis = rest / 10;
    this.shutdownAfterNanos = shutdownAfterNanos;
    this.band = bandOf(PressureLevel.NORMAL);
  }

  /** Goes on from the level, and from the time above the highest mark, of other levels. */
  public PressureLevels after(PressureLevels before) {
    synchronized (before) {
      above = before.above;
      aboveSince = before.aboveSince;
      band = bandOf(before.band.level);
    }
    return this;
  }

  /** The level that stands. */
  public PressureLevel level() {
    return band.level;
  }

  /** The level at a pressure, given what stood before. */
  public PressureLevel update(double pressure, long nowNanos) {
    Band now = band;
    boolean leftTheTop = above && pressure < marks[marks.length - 1];
    if (pressure >= now.low && pressure < now.high && !leftTheTop) {
      return now.level;
    }
    synchronized (this) {
      PressureLevel level = decide(pressure, nowNanos);
      if (level != band.level) {
        band = bandOf(level);
      }
      return level;
    }
  }

  private PressureLevel decide(double pressure, long nowNanos) {
    int raw = 0;
    for (int i = 1; i < marks.length; i++) {
      if (pressure >= marks[i]) {
        raw = i;
      }
    }
    int current = LEVELS.indexOf(band.level);
    if (raw == marks.length - 1) {
      if (!above) {
        above = true;
        aboveSince = nowNanos;
      }
      boolean longEnough = nowNanos - aboveSince >= shutdownAfterNanos;
      if (current != raw && !longEnough) {
        raw--;
      }
    } else {
      above = false;
    }
    while (raw < current && pressure >= marks[current] - hysteresis) {
      raw = current;
    }
    return LEVELS.get(raw);
  }

  private Band bandOf(PressureLevel level) {
    int i = LEVELS.indexOf(level);
    double low = i == 0 ? Double.NEGATIVE_INFINITY : marks[i] - hysteresis;
    double high = i + 1 < marks.length ? marks[i + 1] : Double.POSITIVE_INFINITY;
    return new Band(level, low, high);
  }
}
