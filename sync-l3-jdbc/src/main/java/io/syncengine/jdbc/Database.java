// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.TierInfo;

/**
 * A database that is open: its connections and what is done with them. Immutable.
 *
 * @param info what the engine is told
 */
record Database(
    Connections connections,
    TierInfo info,
    Failures failures,
    BatchWriter writer,
    RowReader reader,
    HeaderReader headers,
    ChangeLogTable changeLog,
    TombstonePurger purger,
    DigestKeeper digests,
    ChangeTrimmer trimmer,
    GenerationRaiser generations,
    Contention contention) {

  static Database of(
      Dialect dialect, Tables tables, Connections connections, TierInfo info, Failures failures) {
    ChangeLogTable changeLog = new ChangeLogTable(dialect, tables, info.databaseId());
    DigestKeeper digests = new DigestKeeper(dialect, tables, info.databaseId());
    RowReader reader = new RowReader(dialect, tables, info.databaseId());
    return new Database(
        connections,
        info,
        failures,
        new BatchWriter(dialect, tables, changeLog, reader),
        reader,
        new HeaderReader(dialect, tables, info.databaseId()),
        changeLog,
        new TombstonePurger(dialect, tables, changeLog),
        digests,
        new ChangeTrimmer(dialect, tables, digests),
        new GenerationRaiser(dialect, tables, changeLog),
        new Contention(failures));
  }
}
