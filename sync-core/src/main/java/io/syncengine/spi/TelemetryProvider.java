// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Makes telemetry.
 *
 * @since 0.1
 */
public interface TelemetryProvider extends Provider {
  /**
   * The telemetry of one engine.
   *
   * @param engineName the engine's name, a label of its metrics
   * @return the telemetry
   */
  Telemetry create(String engineName);
}
