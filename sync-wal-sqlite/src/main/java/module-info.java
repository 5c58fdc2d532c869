// SPDX-License-Identifier: AGPL-3.0-only

/** The write-ahead log and the dead letters in one SQLite file. Exports nothing: a provider. */
module io.syncengine.wal {
  requires io.syncengine;
  requires java.sql;
  requires static org.jspecify;
  requires org.xerial.sqlitejdbc;

  provides io.syncengine.spi.WriteAheadLogProvider with
      io.syncengine.wal.SqliteWriteAheadLogProvider;
}
