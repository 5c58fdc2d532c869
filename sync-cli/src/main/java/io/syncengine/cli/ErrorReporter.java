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
  private final Messages messages;

  ErrorReporter(Messages messages) {
    this.messages = messages;
  }

  /**
   * Reports a failure.
   *
   * @param failure what was thrown
   * @return the exit code
   */
  int report(Throwable failure) {
    if (messages.interrupted()) {
      return ExitCodes.INTERRUPTED; // a consequence, and reported already
    }
    if (failure instanceof ClosedPipe) {
      return ExitCodes.DONE; // the reader has what it wanted
    }
    messages.error(type(failure), text(failure), origin(failure), failure);
    return ExitCodes.of(failure);
  }

  private static String type(Throwable failure) {
    if (failure instanceof CommandException e) {
      return e.type();
    }
    if (failure instanceof ParameterException) {
      return "Usage";
    }
    return thrown(failure).getClass().getSimpleName();
  }

  /** What the engine threw. */
  private static Throwable thrown(Throwable failure) {
    return failure instanceof RefusedAtStart refused ? refused.reason() : failure;
  }

  private static Map<String, Object> origin(Throwable failure) {
    Throwable thrown = thrown(failure);
    Map<String, Object> origin = new LinkedHashMap<>();
    if (thrown instanceof CommandException e) {
      origin.put("id", e.id());
    }
    if (thrown instanceof CorruptDataException e) {
      origin.put("id", e.id());
    }
    if (thrown instanceof TierException e) {
      origin.put("tier", e.tier());
    }
    return origin;
  }

  private static String cause(UncheckedIOException e) {
    Throwable cause = e.getCause();
    return cause == null ? "no reason was given" : String.valueOf(cause.getMessage());
  }

  private static String text(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    if (failure instanceof TierException e) {
      return e.tier() + " failed (" + e.operation() + "): " + message;
    }
    if (failure instanceof UncheckedIOException e) {
      return message + " (" + cause(e) + "); make room or choose another place";
    }
    if (failure instanceof ParameterException e) {
      String what = message.replaceAll("\\.$", "");
      return what + "; see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    }
    boolean expected =
        failure instanceof SyncEngineException
            || failure instanceof CommandException
            || failure instanceof RefusedAtStart
            || failure instanceof IllegalArgumentException;
    return expected
        ? message
        : "unexpected " + failure.getClass().getSimpleName() + " (" + message + "); see --debug";
  }
}
