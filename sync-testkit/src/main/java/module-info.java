// SPDX-License-Identifier: AGPL-3.0-only

/** Contract tests for the roles of the SPI, and doubles that tests control. */
module io.syncengine.testkit {
  requires transitive io.syncengine;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires org.assertj.core;

  exports io.syncengine.testkit;
}
