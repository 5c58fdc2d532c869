// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.resilience.CircuitBreaker.Settings;
import io.syncengine.resilience.CircuitBreaker.State;

/** Lets all through and remembers how the last calls went. */
final class ClosedPhase extends BreakerPhase {
  private final Settings settings;
  private final CallWindow window;

  ClosedPhase(Settings settings) {
    this.settings = settings;
    this.window = new CallWindow(settings.window());
  }

  @Override
  State state() {
    return State.CLOSED;
  }

  @Override
  boolean admit() {
    return true;
  }

  @Override
  State seen(boolean failed, boolean slow) {
    window.add(failed, slow);
    // A call that went well is no reason to open, whatever went before it.
    boolean counts = (failed || slow) && window.count() >= settings.minCalls();
    return counts && window.tooMany(settings, window.count()) ? State.OPEN : State.CLOSED;
  }
}
