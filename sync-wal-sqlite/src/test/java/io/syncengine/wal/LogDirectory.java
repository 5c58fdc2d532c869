// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.TestLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What tests of the log's files do again and again. */
final class LogDirectory {
  private LogDirectory() {}

  static WriteAheadLog open(Path file) {
    return open(TestLogConfig.at(file));
  }

  static WriteAheadLog open(TestLogConfig config) {
    WriteAheadLog log = new SqliteWriteAheadLogProvider().create();
    log.open(config);
    return log;
  }

  static Map<LogPlace, Entry> entries(WriteAheadLog log) {
    Map<LogPlace, Entry> found = new LinkedHashMap<>();
    log.replay(found::put);
    return found;
  }

  static void sql(Path file, String... statements) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement s = c.createStatement()) {
      for (String statement : statements) {
        s.execute(statement);
      }
    }
  }

  /** Name to content of all files in a directory. */
  static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String name : names(directory)) {
      Path file = directory.resolve(name);
      found.put(
          name,
          Files.isRegularFile(file)
              ? java.util.HexFormat.of().formatHex(Files.readAllBytes(file))
              : "directory");
    }
    return found;
  }

  static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  /** What a crash would leave now: the file and SQLite's log, as they stand. */
  static Path crashed(Path file, Path directory) throws IOException {
    Path copy = directory.resolve("crashed.db");
    for (String suffix : new String[] {"", "-wal"}) {
      Files.deleteIfExists(FileModes.beside(copy, suffix));
      Files.copy(FileModes.beside(file, suffix), FileModes.beside(copy, suffix));
    }
    return copy;
  }

  static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 0x10;
    Files.write(file, bytes);
  }
}
