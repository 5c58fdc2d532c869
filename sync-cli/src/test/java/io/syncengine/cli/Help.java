// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The help of every command, as it is printed. */
final class Help {
  private Help() {}

  /**
   * The helps, in the order in which the commands are listed.
   *
   * @param called as the command is called
   * @return command to help; the whole's is that of the empty string
   */
  static Map<String, String> of(String called) {
    Launch launch = new Launch(called, 0, Launch.Out.OTHER);
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    Messages messages = new Messages(nowhere, launch, false, false);
    CommandLine line =
        SyncCommand.commandLine(messages, new Output(messages, false), new ErrorReporter(messages));
    Map<String, String> helps = new LinkedHashMap<>();
    helps.put("", line.getUsageMessage(Ansi.OFF));
    line.getSubcommands()
        .forEach((name, command) -> helps.put(name, command.getUsageMessage(Ansi.OFF)));
    return helps;
  }

  /** The examples that a help ends with, each on one line. */
  static List<String> examples(String help) {
    String heading = "\nExamples:\n";
    return help.substring(help.indexOf(heading) + heading.length())
        .replace("\\\n", " ")
        .strip()
        .lines()
        .map(String::strip)
        .toList();
  }
}
