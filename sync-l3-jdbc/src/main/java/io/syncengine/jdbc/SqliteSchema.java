// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.util.List;

/** The tables in SQLite. docs/data-layout.md says what the columns mean. */
final class SqliteSchema {
  private SqliteSchema() {}

  /** Small columns first: what the flush reads of a row never follows its overflow pages. */
  static List<String> format1(Tables t) {
    return List.of(
        """
        CREATE TABLE IF NOT EXISTS "%s" (
          id TEXT NOT NULL PRIMARY KEY,
          version INTEGER NOT NULL,
          tombstone INTEGER NOT NULL,
          content_hash BLOB,
          leaf BLOB,
          bucket INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          codec INTEGER NOT NULL,
          merge_type INTEGER NOT NULL,
          sequence INTEGER NOT NULL,
          origin TEXT,
          trace_parent TEXT,
          trace_state TEXT,
          content BLOB
        ) STRICT"""
            .formatted(t.items()),
        "CREATE INDEX IF NOT EXISTS \"%s_tombstones\" ON \"%s\" (updated_at) WHERE tombstone = 1"
            .formatted(t.items(), t.items()),
        """
        CREATE TABLE IF NOT EXISTS "%s" (
          sequence INTEGER NOT NULL PRIMARY KEY,
          tag INTEGER NOT NULL,
          origin TEXT NOT NULL,
          at INTEGER NOT NULL,
          count INTEGER NOT NULL,
          leaf_sum BLOB NOT NULL,
          payload BLOB NOT NULL
        ) STRICT"""
            .formatted(t.changes()),
        """
        CREATE TABLE IF NOT EXISTS "%s" (
          place INTEGER NOT NULL PRIMARY KEY CHECK (place = 1),
          sequence INTEGER NOT NULL,
          tag INTEGER NOT NULL,
          highest_version INTEGER NOT NULL
        ) STRICT"""
            .formatted(t.head()),
        "INSERT INTO \"%s\" VALUES (1, 0, 0, 0) ON CONFLICT (place) DO NOTHING".formatted(t.head()),
        """
        CREATE TABLE IF NOT EXISTS "%s" (
          name TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
            .formatted(t.meta()));
  }

  /** Nothing is summed yet: the change rows tell it all, since none was removed before. */
  static List<String> format2(Tables t) {
    return List.of(
        """
        CREATE TABLE IF NOT EXISTS "%s" (
          page INTEGER NOT NULL PRIMARY KEY,
          sequence INTEGER NOT NULL,
          sums BLOB NOT NULL
        ) STRICT"""
            .formatted(t.digests()),
        "INSERT INTO \"%s\" VALUES (256, 0, zeroblob(8736)) ON CONFLICT (page) DO NOTHING"
            .formatted(t.digests()),
        """
        CREATE TABLE IF NOT EXISTS "%s" (
          name TEXT NOT NULL PRIMARY KEY,
          sequence INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID"""
            .formatted(t.readers()));
  }
}
