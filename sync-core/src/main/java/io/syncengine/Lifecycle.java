// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

/**
 * The state of an engine. One method changes it, by the table in {@link EngineState#next()}, under
 * the monitor; listeners are told after it. Read in volatile mode.
 */
final class Lifecycle {
  private final Listeners<EngineState> listeners;
  private volatile EngineState state = EngineState.CREATED;

  Lifecycle(Listeners<EngineState> listeners) {
    this.listeners = listeners;
  }

  EngineState state() {
    return state;
  }

  /** Goes on to a state if the table allows it from the present one; returns whether it did. */
  boolean tryTo(EngineState next) {
    synchronized (this) {
      if (!state.next().contains(next)) {
        return false;
      }
      state = next;
    }
    listeners.tell(next);
    return true;
  }

  /** Closes an engine that never ran; returns whether it did. */
  boolean tryToCloseUnused() {
    return state != EngineState.SHUTTING_DOWN && tryTo(EngineState.CLOSED);
  }

  /** Goes on to a state that must be allowed. */
  void to(EngineState next) {
    if (!tryTo(next)) {
      throw new IllegalStateException("the engine is " + state + "; it cannot become " + next);
    }
  }

  void requireRunning() {
    EngineState now = state;
    if (now != EngineState.RUNNING) {
      throw new IllegalStateException(
          now == EngineState.CREATED
              ? "the engine was not started; call start() or use SyncEngine.open"
              : "the engine is " + now + " and takes no calls");
    }
  }
}
