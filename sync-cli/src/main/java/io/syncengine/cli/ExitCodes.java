// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.PositionGoneException;
import io.syncengine.model.TierException;
import io.syncengine.model.WriteRejectedException;
import picocli.CommandLine.ParameterException;

/** The exit codes, and the one place that maps an exception to its code. */
final class ExitCodes {
  /** Done. */
  static final int DONE = 0;

  /** The answer is no: absent, or it differs. */
  static final int NO = 1;

  /** Usage, configuration, or refused before the start. */
  static final int USAGE = 2;

  /** A part of the input was refused. */
  static final int PARTLY_REFUSED = 3;

  /** A tier is unavailable, or the level of acknowledgement was not reached. */
  static final int UNAVAILABLE = 4;

  /** Stored data is corrupt. */
  static final int CORRUPT = 5;

  /** Interrupted, and drained; the JVM gives it by itself after SIGINT. */
  static final int INTERRUPTED = 130;

  private ExitCodes() {}

  /**
   * The code of a failed command. What is not listed (bad options, a missing provider, files that
   * cannot be read or written, and a fault of the command's own) counts as refused: {@link #USAGE}.
   */
  static int of(Throwable failure) {
    if (failure instanceof CommandException e) {
      return e.exitCode();
    }
    if (failure instanceof ParameterException || failure instanceof RefusedAtStart) {
      return USAGE;
    }
    if (failure instanceof CorruptDataException) {
      return CORRUPT;
    }
    if (failure instanceof PositionGoneException) {
      return NO;
    }
    if (failure instanceof TierException
        || failure instanceof WriteRejectedException
        || failure instanceof DurabilityException
        || failure instanceof AckTimeoutException) {
      return UNAVAILABLE;
    }
    return USAGE;
  }
}
