// SPDX-License-Identifier: AGPL-3.0-only

/** Contract tests for the roles of the SPI, doubles that tests control, and real servers. */
@SuppressWarnings("requires-automatic") // Testcontainers and its client have no module-info.
module io.syncengine.testkit {
  requires transitive io.syncengine;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires transitive java.sql;
  requires org.assertj.core;
  requires static testcontainers;
  requires static com.github.dockerjava.api;
  requires static org.jspecify;

  exports io.syncengine.testkit;
  exports io.syncengine.testkit.servers;

  uses java.sql.Driver;
}
