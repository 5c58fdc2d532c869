// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where an engine stands in its life. {@link #next()} is the whole table of transitions.
 *
 * @since 0.1
 */
public enum EngineState {
  /** Made; nothing was touched. */
  CREATED,
  /** Opening the log and the tiers. */
  CONNECTING,
  /** Reading the log's index into pending; the draining itself goes on behind RUNNING. */
  DRAINING_WAL,
  /** Learning how far L2 lags. */
  SYNCING_REDIS,
  /** Beginning to fill memory. */
  WARMING_UP,
  /** Everything is in place. */
  READY,
  /** Serves. */
  RUNNING,
  /** Takes no more calls and drains. */
  SHUTTING_DOWN,
  /** Ended. */
  CLOSED,
  /** The start failed; only {@code close} is left. */
  FAILED;

  /**
   * The states that may follow.
   *
   * @return a new set
   */
  public Set<EngineState> next() {
    return switch (this) {
      case CREATED -> EnumSet.of(CONNECTING, CLOSED);
      case CONNECTING -> EnumSet.of(DRAINING_WAL, FAILED);
      case DRAINING_WAL -> EnumSet.of(SYNCING_REDIS, FAILED);
      case SYNCING_REDIS -> EnumSet.of(WARMING_UP, FAILED);
      case WARMING_UP -> EnumSet.of(READY, FAILED);
      case READY -> EnumSet.of(RUNNING, FAILED);
      case RUNNING -> EnumSet.of(SHUTTING_DOWN);
      case SHUTTING_DOWN, FAILED -> EnumSet.of(CLOSED);
      case CLOSED -> EnumSet.noneOf(EngineState.class);
    };
  }
}
