// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How MySQL is started. */
final class MySqlCommands implements SqlCommands {
  private static final Duration BOUND = Duration.ofMinutes(2);

  @Override
  public void initialise(Program program, Path data, List<String> statements) throws IOException {
    Path file = Files.createTempFile(data.getParent(), "init", ".sql");
    Files.write(file, statements);
    Shell.Result result =
        Shell.run(
            BOUND,
            null,
            SqlCommands.command(
                program,
                data,
                "--innodb-use-native-aio=0",
                "--skip-log-bin",
                "--initialize-insecure",
                "--init-file=" + file));
    Files.delete(file);
    if (!result.ok()) {
      throw new IOException("mysqld could not make a data folder: " + result.output());
    }
  }

  @Override
  public List<String> serve(Program program, Path data, int port) {
    return SqlCommands.command(
        program,
        data,
        "--innodb-use-native-aio=0",
        "--skip-log-bin",
        "--bind-address=127.0.0.1",
        "--port=" + port,
        "--socket=s.sock",
        "--mysqlx=OFF",
        "--performance-schema=OFF",
        "--skip-name-resolve");
  }
}
