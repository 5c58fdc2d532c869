// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code sync} command.
 *
 * @since 0.1
 */
@Command(
    name = "sync",
    description = "Keeps items in memory, Redis and SQL in step.",
    versionProvider = VersionProvider.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Without options, data is kept in ./sync-data: items.db (SQLite) and sync.wal",
      "(the log). What is set later wins: defaults, --config FILE, the environment",
      "(SYNC_SQL_URL is sql_url, and so on), the options above, --set KEY=VALUE.",
      "Commands that only read take no lock and work beside a running engine.",
      "",
      "Exit codes:",
      "  0    done",
      "  1    the answer is no: absent, or it differs",
      "  2    usage, configuration, or refused before the start",
      "  3    a part of the input was refused",
      "  4    a tier is unavailable, or the level of acknowledgement was not reached",
      "  5    corrupt data",
      "  130  interrupted, and drained"
    },
    subcommands = {
      HelpCommand.class,
      DemoCommand.class,
      IngestCommand.class,
      GetCommand.class,
      ExportCommand.class,
      DeleteCommand.class,
      StatusCommand.class,
      StatsCommand.class
    })
public final class SyncCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions options;

  private final Output output;

  private SyncCommand(Output output) {
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
    throw new ParameterException(spec.commandLine(), "no command was given; see sync --help");
  }

  Output output() {
    return output;
  }

  CommonOptions options() {
    return options;
  }

  private static int run(String[] args) {
    // Known before parsing, so that a wrong command line is reported as asked, too.
    boolean debug = Arrays.asList(args).contains("--debug");
    Output output = new Output(Arrays.asList(args).contains("--json"));
    ErrorReporter errors = new ErrorReporter(output, debug);
    LogSetup.install(output, debug);
    try {
      int code = commandLine(output, errors).execute(args);
      output.flush();
      return code;
    } catch (Throwable e) { // also an OutOfMemoryError gets its line and its code
      return errors.report(e);
    }
  }

  private static CommandLine commandLine(Output output, ErrorReporter errors) {
    CommandLine line = new CommandLine(new SyncCommand(output));
    line.setExpandAtFiles(false); // ids may begin with @
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(output.out(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, args) -> errors.report(e));
    line.setExecutionExceptionHandler((e, command, parsed) -> errors.report(e));
    return line;
  }
}
