// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * The drivers that know MySQL and MariaDB; each knows both. They are found on the class path and
 * are no dependencies of this module.
 *
 * @since 0.1
 */
public enum JdbcDriver {
  /** MySQL's: {@code com.mysql:mysql-connector-j}, URLs {@code jdbc:mysql:…}. */
  CONNECTOR_J("jdbc:mysql:", "com.mysql:mysql-connector-j"),

  /** MariaDB's: {@code org.mariadb.jdbc:mariadb-java-client}, URLs {@code jdbc:mariadb:…}. */
  MARIADB("jdbc:mariadb:", "org.mariadb.jdbc:mariadb-java-client");

  private final String scheme;
  private final String artifact;

  JdbcDriver(String scheme, String artifact) {
    this.scheme = scheme;
    this.artifact = artifact;
  }

  /**
   * Whether the driver is on the class path.
   *
   * @return true if {@link DriverManager} knows it
   */
  public boolean isPresent() {
    return DriverManager.drivers().anyMatch(this::is);
  }

  /** That of the product's makers, or the other if only that is there. */
  static JdbcDriver of(Product product) {
    JdbcDriver own = product == Product.MARIADB ? MARIADB : CONNECTOR_J;
    JdbcDriver other = product == Product.MARIADB ? CONNECTOR_J : MARIADB;
    if (own.isPresent()) {
      return own;
    }
    if (other.isPresent()) {
      return other;
    }
    throw new IllegalStateException(
        "no driver; add " + own.artifact + " or " + other.artifact + " to the test class path");
  }

  /** A URL for a plain connection; without a database if that is empty. */
  String url(int port, String database) {
    return scheme + "//127.0.0.1:" + port + "/" + database + "?" + SqlServer.PLAIN;
  }

  private boolean is(Driver driver) {
    try {
      return driver.acceptsURL(scheme + "//127.0.0.1/");
    } catch (SQLException e) {
      return false;
    }
  }
}
