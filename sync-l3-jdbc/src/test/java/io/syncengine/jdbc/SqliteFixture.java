// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.testkit.TestTierConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One SQLite file of a test: tiers on it, and a plain connection beside them. */
final class SqliteFixture {
  final Path file;
  final TestTierConfig config;

  SqliteFixture(Path folder) {
    this.file = folder.resolve("l3.db");
    this.config = TestTierConfig.defaults().withUrl("sqlite:" + file);
  }

  JdbcTier open() {
    return open(config);
  }

  JdbcTier open(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    tier.open(with);
    return tier;
  }

  /** Opens a tier that is refused for good; checks that the message is one line that names L3. */
  TierException refused(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    try {
      tier.open(with);
    } catch (TierException e) {
      if (e.retryable() || e.getMessage().contains("\n") || !e.tier().equals("L3")) {
        throw new AssertionError("not a refusal in one line", e);
      }
      return e;
    }
    tier.close();
    throw new AssertionError("the open was not refused");
  }

  /** Runs statements as another program would. */
  void sql(String... statements) {
    try (Connection c = connect();
        Statement s = c.createStatement()) {
      for (String sql : statements) {
        s.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The first column of a query's rows. */
  List<String> query(String sql) {
    List<String> result = new ArrayList<>();
    try (Connection c = connect();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      while (rs.next()) {
        result.add(rs.getString(1));
      }
      return result;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

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
