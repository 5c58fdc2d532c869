// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.resilience.CircuitBreaker.Settings;
import io.syncengine.resilience.CircuitBreaker.State;

/** Lets a few through to see; opens again if they do not all come back in time. */
final class HalfOpenPhase extends BreakerPhase {
  private final Settings settings;
  private final long endNanos;
  private final CallWindow window;
  private int admitted;

  HalfOpenPhase(Settings settings, long endNanos) {
    this.settings = settings;
    this.endNanos = endNanos;
    this.window = new CallWindow(settings.trialCalls());
  }

  @Override
  State state() {
    return State.HALF_OPEN;
  }

  @Override
  State at(long now) {
    // With nobody on the way there is nobody to wait for.
    boolean late = admitted > window.count() && endNanos - now <= 0;
    return late ? State.OPEN : State.HALF_OPEN;
  }

  @Override
  boolean admit() {
    if (admitted == settings.trialCalls()) {
      return false;
    }
    admitted++;
    return true;
  }

  @Override
  State seen(boolean failed, boolean slow) {
    window.add(failed, slow);
    if (window.tooMany(settings, settings.trialCalls())) {
      return State.OPEN;
    }
    return window.count() < settings.trialCalls() ? State.HALF_OPEN : State.CLOSED;
  }

  @Override
  void release() {
    admitted--;
  }
}
