// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Sends the engine's log to stderr, a line a record: warnings, or everything with --debug. */
final class LogSetup extends Handler {
  private static final Logger ENGINE = Logger.getLogger("io.syncengine"); // held: loggers are weak

  private final Output output;
  private final boolean debug;

  private LogSetup(Output output, boolean debug) {
    this.output = output;
    this.debug = debug;
  }

  /** Replaces the handlers that the JDK sets up. Once a process. */
  static void install(Output output, boolean debug) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.addHandler(new LogSetup(output, debug));
    root.setLevel(Level.WARNING);
    ENGINE.setLevel(debug ? Level.ALL : Level.WARNING);
  }

  @Override
  public void publish(LogRecord event) {
    String message = String.valueOf(event.getMessage());
    if (event.getParameters() != null && event.getParameters().length > 0) {
      message = new SimpleFormatter().formatMessage(event);
    }
    String level = event.getLevel().getName().toLowerCase(Locale.ROOT);
    output.error("Log", level + ": " + message.replaceAll("\\s*\\R\\s*", " "));
    if (debug && event.getThrown() != null) {
      event.getThrown().printStackTrace(output.err());
    }
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
