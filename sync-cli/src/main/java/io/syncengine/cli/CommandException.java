// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

/** Ends a command with a line on stderr and an exit code of its own choice. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String type;

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

  CommandException(int exitCode, String type, String what, String remedy, Throwable cause) {
    super(what + "; " + remedy, cause);
    this.exitCode = exitCode;
    this.type = type;
  }

  static CommandException usage(String what, String remedy) {
    return new CommandException(ExitCodes.USAGE, "Usage", what, remedy);
  }

  int exitCode() {
    return exitCode;
  }

  String type() {
    return type;
  }
}
