// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.resilience.CircuitBreaker.Settings;
import io.syncengine.resilience.CircuitBreaker.State;

/** What a breaker does in one of its states. Guarded by the breaker's monitor. */
abstract class BreakerPhase {
  static BreakerPhase of(State state, Settings settings, long now) {
    return switch (state) {
      case CLOSED -> new ClosedPhase(settings);
      case OPEN -> new OpenPhase(now + settings.openNanos());
      case HALF_OPEN -> new HalfOpenPhase(settings, now + settings.trialNanos());
    };
  }

  abstract State state();

  /** The state that it should be in at a time. */
  State at(long now) {
    return state();
  }

  /** Whether one more call may be made. */
  abstract boolean admit();

  /** A call that was admitted has ended; gives the state that follows. */
  abstract State seen(boolean failed, boolean slow);

  /** A call that was admitted tells nothing. */
  void release() {}

  /** How long no call is admitted. */
  long nanosLeft(long now) {
    return 0;
  }
}
