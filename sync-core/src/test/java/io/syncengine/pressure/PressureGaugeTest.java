// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pressure;

import static io.syncengine.model.PressureLevel.CRITICAL;
import static io.syncengine.model.PressureLevel.NORMAL;
import static io.syncengine.model.PressureLevel.THROTTLE;
import static io.syncengine.model.PressureLevel.WARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Pressure;
import io.syncengine.spi.TimeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class PressureGaugeTest {
  private final List<Pressure> told = new ArrayList<>();
  private double memory;
  private double log;
  private final PressureGauge gauge =
      new PressureGauge(gauges(), levels(0.7), TimeSource.SYSTEM, told::add);

  private Map<String, DoubleSupplier> gauges() {
    Map<String, DoubleSupplier> gauges = new LinkedHashMap<>();
    gauges.put("memory", () -> memory);
    gauges.put("log", () -> log);
    return gauges;
  }

  private static PressureLevels levels(double warn) {
    return new PressureLevels(warn, 0.9, Long.MAX_VALUE);
  }

  @Test
  void theHighestGaugeCounts() {
    memory = 0.2;
    log = 0.75;
    assertThat(gauge.value()).isEqualTo(0.75);
    assertThat(gauge.level()).isEqualTo(WARN);
    Pressure now = gauge.now();
    assertThat(now.value()).isEqualTo(0.75);
    assertThat(now.level()).isEqualTo(WARN);
    assertThat(now.causes()).isEqualTo(Map.of("memory", 0.2, "log", 0.75));
    memory = 0.94;
    assertThat(gauge.value()).isEqualTo(0.94);
    assertThat(gauge.level()).isEqualTo(CRITICAL);
  }

  @Test
  void theCausesKeepTheOrderOfTheGauges() {
    List<String> names = List.of("memory", "log", "disk", "d", "c", "b", "a", "z");
    Map<String, DoubleSupplier> many = new LinkedHashMap<>();
    names.forEach(name -> many.put(name, () -> 0.1));
    PressureGauge ordered = new PressureGauge(many, levels(0.7), TimeSource.SYSTEM, told::add);
    assertThat(ordered.now().causes().keySet()).containsExactlyElementsOf(names);
  }

  @Test
  void eachNewLevelIsToldOnce() {
    assertThat(gauge.level()).isEqualTo(NORMAL);
    assertThat(told).isEmpty();
    memory = 0.7;
    gauge.level();
    gauge.level();
    assertThat(told).extracting(Pressure::level).containsExactly(WARN);
    assertThat(told.get(0).causes()).containsEntry("memory", 0.7);
    memory = 0;
    gauge.level();
    assertThat(told).extracting(Pressure::level).containsExactly(WARN, NORMAL);
  }

  @Test
  void withOtherMarksTheLevelGoesOnFromWhereItStood() {
    memory = 0.8;
    assertThat(gauge.level()).isEqualTo(THROTTLE);
    gauge.levels(levels(0.72)); // THROTTLE now begins at 0.81, and is left at 0.80
    assertThat(gauge.level()).isEqualTo(THROTTLE);
    memory = 0.79;
    assertThat(gauge.level()).isEqualTo(WARN);
  }

  @Test
  void theRateBeginsWithTheSecondDrain() {
    DrainRate rate = new DrainRate();
    rate.drained(1 << 30, 0);
    assertThat(rate.nanosFor(1, 0, 777)).isEqualTo(777);
    rate.drained(1000, 5_000_000_000L);
    double perNano = (1 - Math.exp(-1)) * 1000 / 5e9;
    assertThat(rate.nanosFor(1000, 5_000_000_000L, Long.MAX_VALUE))
        .isEqualTo((long) (1000 / perNano));
  }
}
