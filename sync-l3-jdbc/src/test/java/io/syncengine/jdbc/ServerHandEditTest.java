// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.testkit.servers.SqlServerExtension;
import org.junit.jupiter.api.Nested;

/** What becomes of rows that were changed behind the engine's back, on servers. */
class ServerHandEditTest {
  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }
  }

  abstract static class Clauses extends ServerClauses implements HandEditClauses {
    Clauses(SqlServerExtension server) {
      super(server);
    }

    @Override
    public JdbcFixture db() {
      return db;
    }
  }
}
