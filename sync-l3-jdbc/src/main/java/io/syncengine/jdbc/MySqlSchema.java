// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.util.List;

/**
 * The tables in MySQL and MariaDB. docs/data-layout.md says what the columns mean. Each bears a
 * comment by which it is known as ours before it is told what it is.
 */
final class MySqlSchema {
  /**
   * Engine and row format are stated, since a server's defaults may be others; the character set is
   * that of nothing, since all texts are bytes.
   */
  private static final String OPTIONS =
      " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
          + " COMMENT='"
          + Schema.MARK
          + "'";

  private MySqlSchema() {}

  /**
   * The primary key is the clustered one: rows lie in the order of ids. {@code dead_since} exists
   * for the purge; it is null for a value, so that an update of a value does not touch its index.
   */
  static List<String> format1(Tables t) {
    return List.of(
        """
        CREATE TABLE IF NOT EXISTS `%s` (
          id VARBINARY(512) NOT NULL PRIMARY KEY,
          version BIGINT NOT NULL,
          tombstone TINYINT NOT NULL,
          content_hash VARBINARY(32),
          leaf VARBINARY(32),
          bucket INT NOT NULL,
          updated_at BIGINT NOT NULL,
          codec SMALLINT NOT NULL,
          merge_type SMALLINT NOT NULL,
          sequence BIGINT NOT NULL,
          origin VARBINARY(1024),
          trace_parent BLOB,
          trace_state BLOB,
          content LONGBLOB,
          dead_since BIGINT AS (CASE WHEN tombstone = 1 THEN updated_at END) STORED,
          KEY tombstones (dead_since)
        )"""
                .formatted(t.items())
            + OPTIONS,
        """
        CREATE TABLE IF NOT EXISTS `%s` (
          sequence BIGINT NOT NULL PRIMARY KEY,
          tag BIGINT NOT NULL,
          origin VARBINARY(1024) NOT NULL,
          at BIGINT NOT NULL,
          `count` INT NOT NULL,
          leaf_sum VARBINARY(32) NOT NULL,
          payload LONGBLOB NOT NULL
        )"""
                .formatted(t.changes())
            + OPTIONS,
        """
        CREATE TABLE IF NOT EXISTS `%s` (
          place TINYINT NOT NULL PRIMARY KEY CHECK (place = 1),
          sequence BIGINT NOT NULL,
          tag BIGINT NOT NULL,
          highest_version BIGINT NOT NULL
        )"""
                .formatted(t.head())
            + OPTIONS,
        "INSERT IGNORE INTO `%s` VALUES (1, 0, 0, 0)".formatted(t.head()),
        """
        CREATE TABLE IF NOT EXISTS `%s` (
          name VARBINARY(64) NOT NULL PRIMARY KEY,
          value VARBINARY(4096) NOT NULL
        )"""
                .formatted(t.meta())
            + OPTIONS);
  }

  /**
   * Nothing is summed yet: the change rows tell it all, since none was removed before. The index
   * takes the place of the one on {@code dead_since} alone, since one more costs the flush too much
   * (ADR 0012). One statement, which does both or nothing.
   */
  static List<String> format2(Tables t) {
    return List.of(
        "ALTER TABLE `%s` DROP KEY tombstones, ADD KEY buckets (dead_since, bucket)"
            .formatted(t.items()),
        """
        CREATE TABLE IF NOT EXISTS `%s` (
          page INT NOT NULL PRIMARY KEY,
          sequence BIGINT NOT NULL,
          sums BLOB NOT NULL
        )"""
                .formatted(t.digests())
            + OPTIONS,
        "INSERT IGNORE INTO `%s` VALUES (256, 0, REPEAT(CHAR(0), 8736))".formatted(t.digests()),
        """
        CREATE TABLE IF NOT EXISTS `%s` (
          name VARBINARY(1024) NOT NULL PRIMARY KEY,
          sequence BIGINT NOT NULL
        )"""
                .formatted(t.readers())
            + OPTIONS);
  }
}
