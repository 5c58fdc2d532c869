// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one server. */
class ServerProcessesTest {
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

  abstract static class Clauses extends ServerClauses {
    @TempDir Path folder;

    Clauses(SqlServerExtension server) {
      super(server);
    }

    @Test
    void threeWritersOfTheSameIdsLoseNothing() throws Exception {
      new ThreeWriters(db.config, folder).loseNothing();
    }
  }
}
