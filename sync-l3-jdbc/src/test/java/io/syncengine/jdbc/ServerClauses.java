// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.testkit.servers.SqlServerExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that run on each server, once for each of their subclasses. */
abstract class ServerClauses {
  @RegisterExtension final SqlServerExtension server;
  ServerFixture db;

  ServerClauses(SqlServerExtension server) {
    this.server = server;
  }

  @BeforeEach
  void setUp() {
    db = new ServerFixture(server.database());
  }

  @AfterEach
  void tearDown() {
    db.close();
  }
}
