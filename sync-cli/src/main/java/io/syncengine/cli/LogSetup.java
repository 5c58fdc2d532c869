// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Locale;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Sends the engine's log to stderr, a line a record: warnings, or everything with --debug. */
final class LogSetup extends Handler {
  private static final Logger ENGINE = Logger.getLogger("io.syncengine"); // held: loggers are weak

  private final Messages messages;

  private LogSetup(Messages messages) {
    this.messages = messages;
  }

  /** Replaces the handlers that the JDK sets up. Once a process. */
  static void install(Messages messages) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.addHandler(new LogSetup(messages));
    root.setLevel(Level.WARNING);
    ENGINE.setLevel(messages.debug() ? Level.ALL : Level.WARNING);
  }

  @Override
  public void publish(LogRecord event) {
    String message = String.valueOf(event.getMessage());
    if (event.getParameters() != null && event.getParameters().length > 0) {
      message = new SimpleFormatter().formatMessage(event);
    }
    String level = event.getLevel().getName().toLowerCase(Locale.ROOT);
    String line = level + ": " + message.replaceAll("\\s*\\R\\s*", " ");
    messages.error("Log", line, Map.of(), event.getThrown());
  }

  @Override
  public void flush() {
    // every line is sent at once
  }

  @Override
  public void close() {
    // stderr stays open
  }
}
