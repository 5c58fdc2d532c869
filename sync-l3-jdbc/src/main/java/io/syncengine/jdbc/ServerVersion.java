// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server says that it is, whatever the URL and the driver call it.
 *
 * @param mariaDb MariaDB, else MySQL
 * @param text as {@code 8.0.31} or {@code 11.4.5-MariaDB-log}
 */
record ServerVersion(boolean mariaDb, String text) {
  private static final Pattern NUMBER = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** They speak the protocol and name a version of MySQL, but are built otherwise. */
  private static final Pattern OTHERS =
      Pattern.compile(".*(tidb|vitess|oceanbase|singlestore|memsql|clickhouse).*");

  /**
   * Asks a server.
   *
   * @throws Refusal if it cannot be used
   */
  static ServerVersion of(Connection connection) throws SQLException, Refusal {
    try (Statement s = connection.createStatement();
        ResultSet rs = s.executeQuery("SELECT VERSION()")) {
      if (!rs.next()) {
        throw new SQLException("the server does not say its version");
      }
      return of(rs.getString(1));
    }
  }

  /**
   * Reads a version.
   *
   * @throws Refusal if it is not of MySQL from 8.0 on or MariaDB from 10.6 on
   */
  static ServerVersion of(String text) throws Refusal {
    String version = text.toLowerCase(Locale.ROOT);
    boolean mariaDb = version.contains("mariadb");
    // What MariaDB before 11 puts in front for clients that know MySQL alone.
    Matcher number = NUMBER.matcher(mariaDb ? version.replaceFirst("^5\\.5\\.5-", "") : version);
    if (OTHERS.matcher(version).matches() || !number.matches()) {
      throw new Refusal(
          "the server is neither MySQL nor MariaDB; use MySQL 8.0 or MariaDB 10.6 or later", null);
    }
    int major = Integer.parseInt(number.group(1));
    int minor = Integer.parseInt(number.group(2));
    boolean known = mariaDb ? major > 10 || (major == 10 && minor >= 6) : major >= 8;
    if (!known) {
      throw new Refusal(
          "the server is "
              + (mariaDb ? "MariaDB " : "MySQL ")
              + major
              + "."
              + minor
              + ", which is too old; use MySQL 8.0 or MariaDB 10.6 or later",
          null);
    }
    return new ServerVersion(mariaDb, text);
  }

  Dialect dialect() {
    return mariaDb ? new MariaDbDialect() : new MySqlDialect();
  }

  /** Product and version for people. */
  String description() {
    return mariaDb ? "MariaDB " + text.replace("-MariaDB", "") : "MySQL " + text;
  }
}
