// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.Ack;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The option {@code --ack} and its default. */
final class AckLevel {
  static final String DESCRIPTION =
      "What a write waits for: memory, logged (on disk in the log) or persisted (in the ground"
          + " truth). Default: logged with a log, else memory.";

  private AckLevel() {}

  /**
   * The level asked for, or the engine's own default.
   *
   * @param asked null if none was asked for
   * @param properties resolved properties
   * @throws CommandException for a level that cannot be reached without a log
   */
  static Ack of(@Nullable Ack asked, Map<String, String> properties) {
    boolean log = properties.containsKey("wal_path");
    if (asked == Ack.LOGGED && !log) {
      throw CommandException.usage(
          "--ack logged cannot be reached without a log", "set --wal-path, or ask for persisted");
    }
    if (asked != null) {
      return asked;
    }
    return log ? Ack.LOGGED : Ack.MEMORY;
  }
}
