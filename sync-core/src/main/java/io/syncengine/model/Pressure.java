// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pressure at one moment: what cannot be evicted, as a share of what there is room for.
 *
 * @param value the highest of the causes, 0 and up; 1 is full
 * @param level the level that it amounts to
 * @param causes each gauge by name ({@code memory}, {@code log}, {@code disk}), in this order;
 *     cannot be changed
 * @since 0.1
 */
public record Pressure(double value, PressureLevel level, Map<String, Double> causes) {
  /**
   * Copies the map, in its order.
   *
   * @param value see {@link #value()}
   * @param level see {@link #level()}
   * @param causes see {@link #causes()}
   */
  public Pressure {
    causes = Collections.unmodifiableMap(new LinkedHashMap<>(causes));
  }
}
