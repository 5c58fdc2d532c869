// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The {@code sync} command.
 *
 * @since 0.1
 */
@Command(
    name = "sync",
    description = {
      "Keeps items in memory, Redis and SQL in step.",
      "",
      "Without options, data is kept in ./sync-data: items.db (SQLite) and sync.wal (the log). What"
          + " is set later wins: defaults, --config FILE, the environment, the options below,"
          + " --set KEY=VALUE. Commands that only read, and repair, take no lock and work beside a"
          + " running engine.",
      "",
      "With --json a result is one object on stdout, for ls, export, tree and watch one a line. An"
          + " error is one line on stderr, with --json as",
      "  {\"error\":{\"type\":…,\"message\":…,\"id\":…,\"tier\":…}}",
      "where id and tier are null if the error has none."
    },
    scope = ScopeType.INHERIT,
    versionProvider = VersionProvider.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Done.",
      "1:The answer is no: absent, or it differs.",
      "2:Usage, configuration, or refused before the start.",
      "3:A part of the input was refused.",
      "4:A tier is unavailable, or the level of acknowledgement was not reached.",
      "5:Stored data is corrupt.",
      "130:Interrupted, and drained."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ${ROOT-COMMAND-NAME} demo",
      "  ${ROOT-COMMAND-NAME} ingest items.ndjson",
      "  ${ROOT-COMMAND-NAME} get org.mdn.bcd.api.Crypto"
    },
    subcommands = {
      DemoCommand.class,
      IngestCommand.class,
      GetCommand.class,
      LsCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      StatusCommand.class,
      StatsCommand.class,
      VerifyCommand.class,
      RepairCommand.class,
      TreeCommand.class,
      WatchCommand.class,
      DeleteCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
public final class SyncCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions options;

  private final Messages messages;
  private final Output output;

  private SyncCommand(Messages messages, Output output) {
    this.messages = messages;
    this.output = output;
  }

  /**
   * Runs the command and ends the JVM with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }

  Messages messages() {
    return messages;
  }

  Output output() {
    return output;
  }

  CommonOptions options() {
    return options;
  }

  private static int run(String[] args) {
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    boolean json = isThere("--json", args);
    Messages messages = new Messages(err, Launch.current(), json, isThere("--debug", args));
    Output output = new Output(messages, json);
    ErrorReporter errors = new ErrorReporter(messages);
    LogSetup.install(messages);
    try {
      int code = commandLine(messages, output, errors).execute(args);
      output.flush();
      return code;
    } catch (Throwable e) { // also an OutOfMemoryError gets its line and its code
      return errors.report(e);
    }
  }

  /** Known before parsing, so that a wrong command line is reported as asked, too. */
  private static boolean isThere(String option, String[] args) {
    List<String> words = Arrays.asList(args);
    int end = words.indexOf("--");
    return (end < 0 ? words : words.subList(0, end)).contains(option);
  }

  private static long wholeNumber(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a whole number");
    }
  }

  /** The command line of this process, ready to be run. */
  static CommandLine commandLine(Messages messages, Output output, ErrorReporter errors) {
    CommandLine line = new CommandLine(new SyncCommand(messages, output));
    line.setCommandName(messages.launch().called());
    line.setExpandAtFiles(false); // ids may begin with @
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Long.class, SyncCommand::wholeNumber);
    line.registerConverter(long.class, SyncCommand::wholeNumber);
    line.setOut(new PrintWriter(output.stream(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, args) -> errors.report(e));
    line.setExecutionExceptionHandler((e, command, parsed) -> errors.report(e));
    Manual.describeHelp(Objects.requireNonNull(line.getSubcommands().get("help")));
    Manual.arrange(line);
    return line;
  }
}
