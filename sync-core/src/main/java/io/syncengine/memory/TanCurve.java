// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

/**
 * How much of the memory that is left clean items may keep as pressure rises: all of it up to
 * {@value #START}, none from {@value #END} on, and in between
 *
 * <pre>share = 1 - tan(x * pi / 4), x = (pressure - START) / (END - START)</pre>
 *
 * <p>so that each step of pressure takes more than the step before it. The two ends and the idea of
 * a tangent are those of the multiplier that the Rust crate sync-engine documents for its eviction
 * scores. There it scaled every score of a pass alike, and so could not change their order; here it
 * sets the room. Stateless; safe from any thread.
 *
 * @since 0.1
 */
public final class TanCurve {
  /** The pressure up to which clean items keep everything. */
  public static final double START = 0.75;

  /** The pressure from which on clean items keep nothing. */
  public static final double END = 0.95;

  private TanCurve() {}

  /**
   * The share that clean items may keep.
   *
   * @param pressure 0 for none to 1 for full; values beyond count as the nearest end
   * @return 1 down to 0, never rising with the pressure
   * @throws IllegalArgumentException if it is not a number
   */
  public static double share(double pressure) {
    if (Double.isNaN(pressure)) {
      throw new IllegalArgumentException("pressure is not a number");
    }
    if (pressure <= START) {
      return 1;
    }
    if (pressure >= END) {
      return 0;
    }
    double x = (pressure - START) / (END - START);
    return Math.max(0, 1 - Math.tan(x * Math.PI / 4));
  }
}
