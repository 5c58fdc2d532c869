// SPDX-License-Identifier: AGPL-3.0-only

/** Contract tests for the roles of the SPI, doubles that tests control, and real servers. */
module io.syncengine.testkit {
  requires transitive io.syncengine;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires transitive java.sql;
  requires org.assertj.core;

  exports io.syncengine.testkit;
  exports io.syncengine.testkit.servers;

  uses java.sql.Driver;
}
