// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file. */
class SqliteProcessesTest {
  @TempDir Path folder;

  @Test
  void threeWritersOfTheSameIdsLoseNothing() throws Exception {
    SqliteFixture db = new SqliteFixture(folder);

    new ThreeWriters(db.config, folder).loseNothing();

    assertThat(db.query("PRAGMA integrity_check")).containsExactly("ok");
  }
}
