// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of a MySQL or MariaDB server: {@code mysql://user:p%40ss@host:3306/db?sslMode=REQUIRED},
 * {@code mariadb://…}, or either with {@code jdbc:} in front. Everything but host and options may
 * be percent-encoded. Has secrets: no toString.
 */
final class MySqlUrl {
  private static final Pattern SCHEME =
      Pattern.compile("(?:jdbc:)?(mysql|mariadb):(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern REST =
      Pattern.compile("//(?:([^/?#@]*)@)?([^/?#@]+)/([^/?#@]+)(?:\\?([^#]*))?");
  private static final Pattern HOSTS = Pattern.compile("[\\w.\\-\\[\\]:,%]+");

  private final ServerDriver namesake;
  private final String hosts;
  private final String database;
  private final Map<String, String> options = new LinkedHashMap<>();

  private MySqlUrl(ServerDriver namesake, String hosts, String database) {
    this.namesake = namesake;
    this.hosts = hosts;
    this.database = database;
  }

  /**
   * Reads a URL.
   *
   * @return null if it is of another database
   * @throws IllegalArgumentException if it is not complete; the message has nothing of the URL
   */
  static @Nullable MySqlUrl of(String url) {
    Matcher scheme = SCHEME.matcher(url);
    if (!scheme.matches()) {
      return null;
    }
    Matcher rest = REST.matcher(scheme.group(2));
    if (!rest.matches() || !HOSTS.matcher(rest.group(2)).matches()) {
      throw new IllegalArgumentException(
          "the URL is not of the form mysql://user:password@host:port/database?options; the"
              + " database has to be named, and in user and password the characters : / ? # @ % be"
              + " written as %3A %2F %3F %23 %40 %25");
    }
    MySqlUrl result =
        new MySqlUrl(
            scheme.group(1).equalsIgnoreCase("mysql") ? ServerDriver.MYSQL : ServerDriver.MARIADB,
            rest.group(2),
            decode(rest.group(3)));
    result.readOptions(rest.group(4));
    result.readUser(rest.group(1));
    return result;
  }

  private void readOptions(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return;
    }
    for (String option : query.split("&", -1)) {
      int equals = option.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "an option of the URL is not of the form name=value; separate options by &");
      }
      options.put(decode(option.substring(0, equals)), decode(option.substring(equals + 1)));
    }
  }

  private void readUser(@Nullable String user) {
    if (user == null) {
      return;
    }
    int colon = user.indexOf(':');
    options.put("user", decode(colon < 0 ? user : user.substring(0, colon)));
    if (colon >= 0) {
      options.put("password", decode(user.substring(colon + 1)));
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without its cause, which repeats a part of the URL.
      throw new IllegalArgumentException(
          "the URL has a % that begins no escape; write % itself as %25");
    }
  }

  /** The driver of the product that the URL names. */
  ServerDriver namesake() {
    return namesake;
  }

  /** One or several hosts, each perhaps with a port. */
  String hosts() {
    return hosts;
  }

  String database() {
    return database;
  }

  /** The options with {@code user} and {@code password}, as far as they are given. */
  Map<String, String> options() {
    return Map.copyOf(options);
  }

  /** What to call it in messages. */
  String subject() {
    return "database " + database + " at " + hosts;
  }
}
