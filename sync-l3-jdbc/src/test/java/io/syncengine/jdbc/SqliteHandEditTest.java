// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of rows that were changed behind the engine's back, on SQLite. */
class SqliteHandEditTest implements HandEditClauses {
  @TempDir Path folder;

  @Override
  public JdbcFixture db() {
    return new SqliteFixture(folder);
  }

  @Override
  public List<Integer> wrongLeafLengths() {
    return List.of(0, 1, 31, 33);
  }
}
