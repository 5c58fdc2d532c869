// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How MariaDB is started. */
final class MariaDbCommands implements SqlCommands {
  @Override
  public List<String> script(Program program, List<String> statements) throws IOException {
    Path share = share(program);
    List<String> script = new ArrayList<>();
    script.add("CREATE DATABASE IF NOT EXISTS mysql;");
    script.add("USE mysql;");
    // Else root may log in only by a socket, and the script stops where there is no plugin for it.
    script.add("SET @auth_root_socket=NULL;");
    for (String part : List.of("system_tables", "performance_tables", "system_tables_data")) {
      script.addAll(Files.readAllLines(script(share, part)));
    }
    script.add("FLUSH PRIVILEGES;");
    script.addAll(statements);
    return script;
  }

  @Override
  public List<String> initialise(Program program, Path data, Path script) {
    return SqlCommands.command(
        program,
        data,
        "--lc-messages-dir=" + share(program),
        "--bootstrap",
        "--skip-networking",
        "--skip-log-bin");
  }

  // MariaDB 11.4 makes a key for TLS at each start, which takes seconds, unless told not to.
  @Override
  public List<String> serve(Program program, Path data, int port) {
    return SqlCommands.command(
        program,
        data,
        "--lc-messages-dir=" + share(program),
        "--bind-address=127.0.0.1",
        "--port=" + port,
        "--socket=s.sock",
        "--skip-ssl",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--performance-schema=OFF");
  }

  /** Distributions have a folder more. */
  private static Path share(Program program) {
    Path share = program.home().resolve("share");
    for (String name : List.of("mariadb", "mysql")) {
      if (Files.isDirectory(share.resolve(name).resolve("english"))) {
        return share.resolve(name);
      }
    }
    return share;
  }

  /** Before 11 the scripts had MySQL's name. */
  private static Path script(Path share, String part) throws IOException {
    for (String prefix : List.of("mariadb_", "mysql_")) {
      Path script = share.resolve(prefix + part + ".sql");
      if (Files.exists(script)) {
        return script;
      }
    }
    throw new IOException("the scripts that make MariaDB's system tables are not in " + share);
  }
}
