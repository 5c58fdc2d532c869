// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One SQLite file of a test. */
final class SqliteFixture extends JdbcFixture {
  final Path file;

  SqliteFixture(Path folder) {
    super("sqlite:" + folder.resolve("l3.db"));
    this.file = folder.resolve("l3.db");
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  /** Every file in the folder with its bytes, as text. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(file.getParent())) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        files.put(
            p.getFileName().toString(), java.util.Arrays.hashCode(Files.readAllBytes(p)) + "");
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
