// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The meta table: what the stored data is. Values are text. */
final class Meta {
  /** The number of the last migration that was applied. */
  static final String FORMAT = "format";

  /** The oldest format whose code may use the data. */
  static final String READABLE_FROM = "readable_from";

  /** Random, made with the tables. */
  static final String DATABASE_ID = "database_id";

  /** Who gives versions: {@code engine} or {@code caller}. */
  static final String VERSION_MODE = "version_mode";

  /** The hash of ids that the bucket column is made of. */
  static final String ID_HASH = "id_hash";

  /** The codec that content is written with. */
  static final String CODEC = "codec";

  /** The rules by which equal versions are joined. */
  static final String MERGE = "merge";

  /** Up to when tombstones were purged, milliseconds since the epoch. */
  static final String PURGE_HORIZON = "purge_horizon";

  /** Who purges, and until when it may. */
  static final String PURGE_LEASE = "purge_lease";

  /** The generation of the caches above; see {@link io.syncengine.spi.CacheGenerations}. */
  static final String GENERATION = "generation";

  /** The change row up to which digests were last computed from the rows; absent if never. */
  static final String DIGESTS_COMPUTED = "digests_computed";

  private final Dialect dialect;
  private final String selectOne;
  private final String selectAll;
  private final String put;

  Meta(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.selectAll = "SELECT name, value FROM " + dialect.quote(tables.meta());
    this.selectOne = "SELECT value FROM " + dialect.quote(tables.meta()) + " WHERE name = ?";
    this.put = dialect.putMeta(tables);
  }

  /** The value of a name; null if it is not there. */
  @Nullable String get(Session session, String name) throws SQLException {
    PreparedStatement s = session.prepare(selectOne);
    dialect.setText(s, 1, name);
    try (ResultSet rs = s.executeQuery()) {
      return rs.next() ? dialect.getText(rs, 1) : null;
    }
  }

  /** The database's id among values that {@link Schema} has checked. */
  static String databaseId(Map<String, String> checked) {
    return Objects.requireNonNull(checked.get(DATABASE_ID), DATABASE_ID);
  }

  /** The generation, where it was read. */
  static long generation(@Nullable String value) throws SQLException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new SQLException("the generation is missing or no number", e);
    }
  }

  Map<String, String> all(Session session) throws SQLException {
    Map<String, String> result = new HashMap<>();
    try (ResultSet rs = session.prepare(selectAll).executeQuery()) {
      while (rs.next()) {
        result.put(dialect.requireText(rs, 1), dialect.requireText(rs, 2));
      }
    }
    return result;
  }

  void put(Session session, String name, String value) throws SQLException {
    PreparedStatement s = session.prepare(put);
    dialect.setText(s, 1, name);
    dialect.setText(s, 2, value);
    s.executeUpdate();
  }
}
