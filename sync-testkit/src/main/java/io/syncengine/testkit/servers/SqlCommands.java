// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The command lines of MySQL and MariaDB. */
interface SqlCommands {
  /** How long making a data folder may take. */
  Duration BOUND = Duration.ofMinutes(2);

  /**
   * Makes a data folder.
   *
   * @param data empty, in a folder where there is nothing else
   * @param statements run in it, one a line
   * @throws IOException if that fails; the message has what the server said
   */
  default void initialise(Program program, Path data, List<String> statements) throws IOException {
    Files.createDirectory(temporary(data));
    Path file = Files.createTempFile(data.getParent(), "init", ".sql");
    Files.write(file, script(program, statements));
    Shell.Result result = Shell.run(BOUND, file, initialise(program, data, file));
    Files.delete(file);
    if (!result.ok()) {
      throw new IOException(program.path() + " could not make a data folder: " + result.output());
    }
  }

  /** All statements that are to be run in a new data folder, one a line. */
  List<String> script(Program program, List<String> statements) throws IOException;

  /** The command that makes a data folder and runs a script, which is its standard input too. */
  List<String> initialise(Program program, Path data, Path script);

  /** The command that serves a data folder; {@link #temporary} of it is there. */
  List<String> serve(Program program, Path data, int port);

  /**
   * The folder for temporary tables of the server of a data folder. It is the server's own, since
   * one that starts deletes the temporary tables that it finds, other servers' too.
   */
  static Path temporary(Path data) {
    return data.resolveSibling("tmp");
  }

  /** Those of a product. */
  static SqlCommands of(Product product) {
    return product == Product.MYSQL ? new MySqlCommands() : new MariaDbCommands();
  }

  /** A command that begins as all do; root has to say that it knows who it is. */
  static List<String> command(Program program, Path data, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.path().toString(),
                "--no-defaults",
                "--basedir=" + program.home(),
                "--datadir=" + data,
                "--tmpdir=" + temporary(data)));
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("--user=root");
    }
    command.addAll(List.of(more));
    return command;
  }
}
