// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.resilience.CircuitBreaker.State;

/** Lets nothing through until its time is over. */
final class OpenPhase extends BreakerPhase {
  private final long endNanos;

  OpenPhase(long endNanos) {
    this.endNanos = endNanos;
  }

  @Override
  State state() {
    return State.OPEN;
  }

  @Override
  State at(long now) {
    return endNanos - now <= 0 ? State.HALF_OPEN : State.OPEN;
  }

  @Override
  boolean admit() {
    return false;
  }

  @Override
  State seen(boolean failed, boolean slow) {
    return State.OPEN;
  }

  @Override
  long nanosLeft(long now) {
    return Math.max(0, endNanos - now);
  }
}
