// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;

/** The option {@code --ack} and its default. */
final class AckLevel {
  static final String DESCRIPTION =
      "What a write waits for: memory, logged (on disk in the log) or persisted (in the ground"
          + " truth). Default: logged with a log, else memory.";

  private AckLevel() {}

  /** The level asked for, or the engine's own default. */
  static Ack or(Ack asked, SyncEngineConfig config) {
    if (asked != null) {
      return asked;
    }
    return config.walPath().isPresent() ? Ack.LOGGED : Ack.MEMORY;
  }
}
