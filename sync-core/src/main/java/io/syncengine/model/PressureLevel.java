// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * Six levels of pressure, lowest first.
 *
 * @since 0.1
 */
public enum PressureLevel {
  /** Nothing is held back. */
  NORMAL,
  /** Clean entries are evicted harder; a warning is logged. */
  WARN,
  /** Writes are slowed to the rate at which they drain, then refused with status 429. */
  THROTTLE,
  /** Writes are refused with status 503; deletes are still taken. */
  CRITICAL,
  /** Read-only. */
  EMERGENCY,
  /** Read-only, draining; listeners are told. Falls back when the pressure falls. */
  SHUTDOWN
}
