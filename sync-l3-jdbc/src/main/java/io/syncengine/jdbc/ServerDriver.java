// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.ProviderResolutionException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The two JDBC drivers, each of which talks to both servers. Both are optional: nothing here names
 * a class of theirs but as text.
 */
enum ServerDriver {
  /** MySQL Connector/J. */
  MYSQL("com.mysql.cj.jdbc.Driver", "com.mysql:mysql-connector-j"),
  /** MariaDB Connector/J. */
  MARIADB("org.mariadb.jdbc.Driver", "org.mariadb.jdbc:mariadb-java-client");

  /** The option that chooses one. */
  static final String KEY = "driver";

  private static final String SSL_MODE = "sslMode";

  private final String className;
  private final String artifact;

  ServerDriver(String className, String artifact) {
    this.className = className;
    this.artifact = artifact;
  }

  /**
   * A driver that is there.
   *
   * @param kind which one
   */
  record Found(ServerDriver kind, Driver driver) {}

  /**
   * The driver that is wished for, else the namesake of the URL, else the other one.
   *
   * @param wish the value of {@link #KEY}, or null
   * @throws IllegalArgumentException if the wish is not known
   * @throws ProviderResolutionException if there is none; names the artifacts
   */
  static Found find(ServerDriver namesake, @Nullable String wish) {
    return choose(namesake, wish, onClassPath());
  }

  static Found choose(
      ServerDriver namesake, @Nullable String wish, Map<ServerDriver, Driver> there) {
    if (wish != null) {
      ServerDriver wished = of(wish);
      if (!there.containsKey(wished)) {
        throw new ProviderResolutionException(
            "jdbc.driver is " + wish + ", but that driver is not there; add " + wished.artifact,
            null);
      }
      return new Found(wished, there.get(wished));
    }
    ServerDriver other = namesake == MYSQL ? MARIADB : MYSQL;
    for (ServerDriver kind : List.of(namesake, other)) {
      if (there.containsKey(kind)) {
        return new Found(kind, there.get(kind));
      }
    }
    throw new ProviderResolutionException(
        "there is no JDBC driver for MySQL and MariaDB; add "
            + namesake.artifact
            + " (or "
            + other.artifact
            + ", which talks to both as well); sync-bom has their versions",
        null);
  }

  private static ServerDriver of(String wish) {
    return switch (wish.strip().toLowerCase(Locale.ROOT)) {
      case "mysql" -> MYSQL;
      case "mariadb" -> MARIADB;
      default ->
          throw new IllegalArgumentException(
              "jdbc.driver is '" + wish + "'; mysql or mariadb is allowed");
    };
  }

  /** Looks at the types alone, so that a broken driver of another database does no harm. */
  private static Map<ServerDriver, Driver> onClassPath() {
    Map<ServerDriver, Driver> found = new EnumMap<>(ServerDriver.class);
    List<ClassLoader> loaders = new ArrayList<>();
    loaders.add(ServerDriver.class.getClassLoader());
    Optional.ofNullable(Thread.currentThread().getContextClassLoader()).ifPresent(loaders::add);
    for (ClassLoader loader : loaders) {
      for (ServerDriver kind : values()) {
        if (!found.containsKey(kind)) {
          ServiceLoader.load(Driver.class, loader).stream()
              .filter(p -> p.type().getName().equals(kind.className))
              .findFirst()
              .ifPresent(p -> found.put(kind, p.get()));
        }
      }
    }
    return found;
  }

  /** The URL that the driver takes: without secrets and without options. */
  String url(MySqlUrl url) {
    String database = URLEncoder.encode(url.database(), StandardCharsets.UTF_8).replace("+", "%20");
    return "jdbc:" + name().toLowerCase(Locale.ROOT) + "://" + url.hosts() + "/" + database;
  }

  /**
   * User, password and options, over defaults of ours and under what must not be otherwise.
   *
   * @throws IllegalArgumentException if sslMode is not known
   */
  Properties properties(MySqlUrl url, Duration timeout) {
    Properties p = new Properties();
    String millis = Long.toString(Math.max(1, timeout.toMillis()));
    p.setProperty("connectTimeout", millis);
    p.setProperty("socketTimeout", millis);
    p.setProperty("tcpKeepAlive", "true");
    p.setProperty("useServerPrepStmts", "true");
    url.options().forEach(p::setProperty);
    if (p.getProperty(SSL_MODE) != null) {
      p.setProperty(SSL_MODE, sslMode(p.getProperty(SSL_MODE)));
    }
    // In the middle of a transaction a new connection would write the rest of it alone.
    p.setProperty("autoReconnect", "false");
    // Ids and contents are nothing for messages.
    p.setProperty("dumpQueriesOnException", "false");
    return p;
  }

  /** Each driver's word for the mode: the user need not know which one is at work. */
  private String sslMode(String mode) {
    boolean mysql = this == MYSQL;
    return switch (mode.strip().toUpperCase(Locale.ROOT).replace('-', '_')) {
      case "DISABLED", "DISABLE" -> mysql ? "DISABLED" : "disable";
      case "PREFERRED" -> mysql ? "PREFERRED" : "disable";
      case "REQUIRED", "TRUST" -> mysql ? "REQUIRED" : "trust";
      case "VERIFY_CA" -> mysql ? "VERIFY_CA" : "verify-ca";
      case "VERIFY_IDENTITY", "VERIFY_FULL" -> mysql ? "VERIFY_IDENTITY" : "verify-full";
      default ->
          throw new IllegalArgumentException(
              "sslMode in the URL is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA and"
                  + " VERIFY_IDENTITY");
    };
  }
}
