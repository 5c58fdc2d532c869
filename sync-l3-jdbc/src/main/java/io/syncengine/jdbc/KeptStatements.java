// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one physical connection, and what is known of it. Preparing costs as
 * much as reading a row. For whoever has the connection.
 */
final class KeptStatements {
  private final Map<String, PreparedStatement> bySql = new HashMap<>();
  private final long maxPacketBytes;
  private @Nullable String passing;

  KeptStatements(long maxPacketBytes) {
    this.maxPacketBytes = maxPacketBytes;
  }

  long maxPacketBytes() {
    return maxPacketBytes;
  }

  PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    PreparedStatement s = bySql.get(sql);
    if (s == null) {
      s = connection.prepareStatement(sql);
      bySql.put(sql, s);
    }
    return s;
  }

  /** For texts of which there are many: only the latest is kept. */
  PreparedStatement preparePassing(Connection connection, String sql) throws SQLException {
    if (passing != null && !passing.equals(sql)) {
      PreparedStatement last = bySql.remove(passing);
      if (last != null) {
        last.close();
      }
      passing = null;
    }
    PreparedStatement s = prepare(connection, sql);
    passing = sql;
    return s;
  }
}
