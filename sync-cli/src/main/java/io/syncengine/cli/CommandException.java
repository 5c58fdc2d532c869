// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Ends a command with a line on stderr and an exit code of its own choice. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String type;
  private final @Nullable String id;

  /**
   * Makes an exception.
   *
   * @param exitCode one of {@link ExitCodes}
   * @param type a fixed word for {@code --json}
   * @param what what is wrong
   * @param remedy what to do about it
   */
  CommandException(int exitCode, String type, String what, String remedy) {
    this(exitCode, type, what, remedy, null);
  }

  CommandException(
      int exitCode, String type, String what, String remedy, @Nullable Throwable cause) {
    this(exitCode, type, what + "; " + remedy, cause, null);
  }

  private CommandException(
      int exitCode, String type, String text, @Nullable Throwable cause, @Nullable String id) {
    super(text, cause);
    this.exitCode = exitCode;
    this.type = type;
    this.id = id;
  }

  static CommandException usage(String what, String remedy) {
    return new CommandException(ExitCodes.USAGE, "Usage", what, remedy);
  }

  /**
   * A file cannot be read.
   *
   * @param file its name
   * @param cause what reading it threw
   * @param remedy what to do about it
   */
  static CommandException unreadable(String file, Exception cause, String remedy) {
    String why = String.valueOf(cause.getMessage());
    if (cause instanceof NoSuchFileException) {
      why = "there is no such file";
    } else if (cause instanceof AccessDeniedException) {
      why = "permission denied";
    }
    String what = "cannot read " + file + " (" + why + ")";
    return new CommandException(ExitCodes.USAGE, "Unreadable", what, remedy, cause);
  }

  /** An item that was asked for is not there. */
  static CommandException absent(String id) {
    return new CommandException(
        ExitCodes.NO, "Absent", "there is no such item; ls lists the ids there are", null, id);
  }

  int exitCode() {
    return exitCode;
  }

  String type() {
    return type;
  }

  /** The item that it is about; null for none. */
  @Nullable String id() {
    return id;
  }
}
