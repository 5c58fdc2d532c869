// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ParameterException;

/** Turns what ended a command into one line on stderr and an exit code. */
final class ErrorReporter {
  private final Output output;
  private final boolean json;
  private final boolean debug;

  ErrorReporter(Output output, boolean json, boolean debug) {
    this.output = output;
    this.json = json;
    this.debug = debug;
  }

  /**
   * Reports a failure.
   *
   * @param failure what was thrown
   * @return the exit code
   */
  int report(Throwable failure) {
    if (output.interrupted()) {
      return ExitCodes.INTERRUPTED;
    }
    if (isClosedPipe(failure)) {
      return ExitCodes.DONE; // as with "| head": the reader has what it wanted
    }
    output.error(
        json ? JsonText.object(Map.of("error", facts(failure))) : "sync: " + text(failure));
    if (debug) {
      failure.printStackTrace(output.err());
    }
    return ExitCodes.of(failure);
  }

  private static boolean isClosedPipe(Throwable failure) {
    return failure instanceof UncheckedIOException e
        && String.valueOf(e.getCause().getMessage())
            .toLowerCase(java.util.Locale.ROOT)
            .contains("pipe");
  }

  private static Map<String, Object> facts(Throwable failure) {
    Throwable f = failure instanceof RefusedAtStart ? failure.getCause() : failure;
    return facts(
        f instanceof CommandException e ? e.type() : f.getClass().getSimpleName(),
        text(failure),
        f instanceof CorruptDataException e ? e.id() : null,
        f instanceof TierException e ? e.tier() : null);
  }

  /** The members of an error object; the last two may be null. */
  static Map<String, Object> facts(String type, String message, String id, String tier) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("type", type);
    facts.put("message", message);
    facts.put("id", id);
    facts.put("tier", tier);
    return facts;
  }

  private static String text(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    if (failure instanceof TierException e) {
      return e.tier() + " failed (" + e.operation() + "): " + message;
    }
    if (failure instanceof UncheckedIOException e) {
      return message + " (" + e.getCause().getMessage() + "); make room or choose another place";
    }
    boolean expected =
        failure instanceof SyncEngineException
            || failure instanceof CommandException
            || failure instanceof RefusedAtStart
            || failure instanceof ParameterException
            || failure instanceof IllegalArgumentException;
    return expected
        ? message
        : "unexpected " + failure.getClass().getSimpleName() + " (" + message + "); see --debug";
  }
}
