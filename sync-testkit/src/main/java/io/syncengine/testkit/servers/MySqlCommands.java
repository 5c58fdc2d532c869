// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.nio.file.Path;
import java.util.List;

/** How MySQL is started. */
final class MySqlCommands implements SqlCommands {
  @Override
  public List<String> script(Program program, List<String> statements) {
    return statements;
  }

  @Override
  public List<String> initialise(Program program, Path data, Path script) {
    return SqlCommands.command(
        program,
        data,
        "--innodb-use-native-aio=0",
        "--skip-log-bin",
        "--initialize-insecure",
        "--init-file=" + script);
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
