// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pressure;

import io.syncengine.model.Pressure;
import io.syncengine.model.PressureLevel;
import io.syncengine.spi.TimeSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * The highest of several gauges, and the level that it amounts to. Safe from any thread; gauges are
 * read at each call and must be cheap. {@code levels} is replaced as a whole when the configuration
 * changes.
 */
public final class PressureGauge {
  private final Map<String, DoubleSupplier> gauges;
  private final TimeSource time;
  private final Consumer<Pressure> onChange;
  private final AtomicReference<PressureLevel> told = new AtomicReference<>(PressureLevel.NORMAL);
  private volatile PressureLevels levels;

  /**
   * Makes a gauge.
   *
   * @param gauges shares by name, 1 being full
   * @param onChange is told of each new level, on the thread that noticed it; must return at once
   */
  public PressureGauge(
      Map<String, DoubleSupplier> gauges,
      PressureLevels levels,
      TimeSource time,
      Consumer<Pressure> onChange) {
    this.gauges = new LinkedHashMap<>(gauges);
    this.levels = levels;
    this.time = time;
    this.onChange = onChange;
  }

  /** Sets other marks; the level that stands goes on from there. */
  public void levels(PressureLevels newLevels) {
    levels = newLevels.after(levels);
  }

  /** The highest gauge. */
  public double value() {
    double highest = 0;
    for (DoubleSupplier gauge : gauges.values()) {
      highest = Math.max(highest, gauge.getAsDouble());
    }
    return highest;
  }

  /** The level now. */
  public PressureLevel level() {
    PressureLevel level = levels.update(value(), time.nanoTime());
    if (told.get() != level && told.getAndSet(level) != level) {
      onChange.accept(now());
    }
    return level;
  }

  /** Value, level and causes now. */
  public Pressure now() {
    Map<String, Double> causes = new LinkedHashMap<>();
    double highest = 0;
    for (Map.Entry<String, DoubleSupplier> gauge : gauges.entrySet()) {
      double share = gauge.getValue().getAsDouble();
      causes.put(gauge.getKey(), share);
      highest = Math.max(highest, share);
    }
    return new Pressure(highest, levels.update(highest, time.nanoTime()), causes);
  }
}
