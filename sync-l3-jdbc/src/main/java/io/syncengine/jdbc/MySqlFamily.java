// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What MySQL and MariaDB have in common.
 *
 * <p>All texts are bytes, in columns and in parameters: so neither the character set of a
 * connection nor a collation has a part in what equals what. Lists of ids are hexadecimal for the
 * same reason: JSON cannot hold bytes, and a text that the server had to convert could not be
 * looked up in the index.
 */
abstract class MySqlFamily implements Dialect {
  /** What every server must take; a list of ids is kept below it. */
  static final long LEAST_PACKET_BYTES = 1 << 20;

  /** How long a flusher that was cut off may hold the head at least, in seconds. */
  private static final long SHORTEST_WAIT_TIMEOUT = 10;

  @Override
  public RowWriter rowWriter(Tables t) {
    return new MultiRowWriter(this, t);
  }

  @Override
  public List<Migration> migrations(Tables t) {
    return List.of(
        new Migration(1, 1, MySqlSchema.format1(t)), new Migration(2, 1, MySqlSchema.format2(t)));
  }

  @Override
  public String columnsOf() {
    return "SELECT column_name FROM information_schema.columns"
        + " WHERE table_schema = DATABASE() AND table_name = ?";
  }

  @Override
  public String commentOf() {
    return "SELECT table_comment FROM information_schema.tables"
        + " WHERE table_schema = DATABASE() AND table_name = ?";
  }

  @Override
  public Restore lockSchema(Connection connection, Tables t, Duration timeout) throws SQLException {
    String name = "CONCAT('io.syncengine.', MD5(CONCAT(DATABASE(), '.', ?)))";
    try (PreparedStatement s = connection.prepareStatement("SELECT GET_LOCK(" + name + ", ?)")) {
      s.setString(1, t.meta());
      s.setLong(2, seconds(timeout.dividedBy(2)));
      try (ResultSet rs = s.executeQuery()) {
        if (!rs.next() || rs.getInt(1) != 1) {
          throw new SQLTimeoutException("another instance is making or changing the tables");
        }
      }
    }
    return () -> {
      // A connection that is gone has given the lock back.
      if (!connection.isClosed()) {
        try (PreparedStatement s = connection.prepareStatement("DO RELEASE_LOCK(" + name + ")")) {
          s.setString(1, t.meta());
          s.execute();
        }
      }
    };
  }

  @Override
  public boolean alreadyDone(SQLException e) {
    return MySqlErrors.alreadyDone(e);
  }

  /**
   * One locking read of both rows. A subquery for the horizon would be read as of the moment at
   * which the statement began to wait.
   */
  @Override
  public String lockHead(Tables t) {
    return "SELECT h.sequence, h.tag, h.highest_version, m.value, "
        + databaseId(t)
        + " FROM "
        + quote(t.head())
        + " h STRAIGHT_JOIN "
        + quote(t.meta())
        + " m WHERE h.place = 1 AND m.name = '"
        + Meta.PURGE_HORIZON
        + "' FOR UPDATE";
  }

  @Override
  public String selectBefore(Tables t) {
    return "SELECT j.n - 1, i.version, i.tombstone, i.content_hash, i.leaf FROM "
        + idTable()
        + " STRAIGHT_JOIN "
        + quote(t.items())
        + " i ON i.id = UNHEX(j.hex)";
  }

  /**
   * In the index values lie by bucket; tombstones lie by time and are all looked through there. As
   * one condition the servers would scan all rows.
   */
  @Override
  public List<String> inBuckets(String list) {
    String in = " AND i.bucket IN (" + list + ")";
    return List.of("i.dead_since IS NULL" + in, "i.dead_since IS NOT NULL" + in);
  }

  @Override
  public String selectMany(Tables t) {
    return "SELECT h.sequence, "
        + databaseId(t)
        + ", "
        + ENTRY_COLUMNS
        + " FROM "
        + quote(t.head())
        + " h STRAIGHT_JOIN "
        + idTable()
        + " LEFT JOIN "
        + quote(t.items())
        + " i ON i.id = UNHEX(j.hex)";
  }

  private static String idTable() {
    return "JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (n FOR ORDINALITY,"
        + " hex VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) j";
  }

  @Override
  public String idList(List<String> ids) {
    StringBuilder json = new StringBuilder("[");
    for (String id : ids) {
      json.append(json.length() > 1 ? ",\"" : "\"");
      HexFormat.of().formatHex(json, id.getBytes(StandardCharsets.UTF_8));
      json.append('"');
    }
    return json.append(']').toString();
  }

  @Override
  public long maxIdListBytes() {
    return LEAST_PACKET_BYTES - Packets.STATEMENT_BYTES;
  }

  @Override
  public void setText(PreparedStatement s, int index, @Nullable String value) throws SQLException {
    if (value == null) {
      s.setNull(index, Types.VARBINARY);
    } else {
      s.setBytes(index, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public @Nullable String getText(ResultSet rs, int index) throws SQLException {
    byte[] bytes = rs.getBytes(index);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public String putMeta(Tables t) {
    return "INSERT INTO "
        + quote(t.meta())
        + " (name, value) VALUES (?, ?)"
        + onConflict("name", List.of("value"));
  }

  @Override
  public String forUpdate() {
    return " FOR UPDATE";
  }

  /** VALUES(column), since the newer row alias is MySQL's alone. */
  @Override
  public String onConflict(String key, List<String> columns) {
    return columns.stream()
        .map(c -> c + " = VALUES(" + c + ")")
        .collect(Collectors.joining(", ", " ON DUPLICATE KEY UPDATE ", ""));
  }

  @Override
  public String purge(Tables t) {
    return "DELETE FROM " + quote(t.items()) + " WHERE dead_since < ? ORDER BY dead_since LIMIT ?";
  }

  @Override
  public String quote(String name) {
    return '`' + name + '`';
  }

  /** By UTC, since the local time of a session's zone comes twice in some hours. */
  @Override
  public String serverTime() {
    return "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000";
  }

  @Override
  public Failure classify(SQLException e) {
    return MySqlErrors.classify(e);
  }

  @Override
  public @Nullable String refusal(SQLException e) {
    return MySqlErrors.refusal(e);
  }

  @Override
  public Deadline deadline(Duration timeout) {
    return Deadline.after(timeout);
  }

  @Override
  public long maxPacketBytes(Connection connection) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet rs = s.executeQuery("SELECT @@max_allowed_packet")) {
      return rs.next() ? rs.getLong(1) : LEAST_PACKET_BYTES;
    }
  }

  @Override
  public @Nullable String unfit(Connection connection) throws SQLException {
    Map<String, String> variables = new HashMap<>();
    try (Statement s = connection.createStatement();
        ResultSet rs =
            s.executeQuery(
                "SHOW VARIABLES WHERE variable_name IN"
                    + " ('max_allowed_packet', 'log_bin', 'binlog_format')")) {
      while (rs.next()) {
        variables.put(rs.getString(1), rs.getString(2));
      }
    }
    if (Long.parseLong(variables.get("max_allowed_packet")) < LEAST_PACKET_BYTES) {
      return "the server's max_allowed_packet is below 1 MiB; raise it, above the largest item";
    }
    if ("ON".equals(variables.get("log_bin"))
        && "STATEMENT".equals(variables.get("binlog_format"))) {
      return "the server's binlog_format is STATEMENT, which takes no writes at READ COMMITTED;"
          + " set it to ROW";
    }
    return connection.getTransactionIsolation() == Connection.TRANSACTION_READ_UNCOMMITTED
        ? "the connections read what is not committed; set another transaction isolation"
        : null;
  }

  /** What a session is set to; isolation is set through the driver, which keeps it in mind. */
  SessionSettings settings(boolean writing, Duration timeout) {
    long wait = seconds(timeout.dividedBy(2));
    SessionSettings settings =
        new SessionSettings()
            .with("innodb_lock_wait_timeout", wait)
            .with("lock_wait_timeout", wait);
    return writing
        ? settings.with("wait_timeout", Math.max(SHORTEST_WAIT_TIMEOUT, 2 * seconds(timeout)))
        : settings;
  }

  /** A read is one statement, which sees one snapshot at any isolation that unfit() lets pass. */
  @Override
  public Restore prepareBorrowed(Connection connection, boolean writing, Duration timeout)
      throws SQLException {
    int network = connection.getNetworkTimeout();
    Restore networkAgain = () -> connection.setNetworkTimeout(Runnable::run, network);
    if (!writing) {
      return networkAgain;
    }
    int isolation = connection.getTransactionIsolation();
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    SessionSettings settings = settings(true, timeout);
    execute(connection, settings.keepAndSet());
    return () -> {
      networkAgain.run();
      execute(connection, settings.restore());
      connection.setTransactionIsolation(isolation);
    };
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement s = connection.createStatement()) {
      s.execute(sql);
    }
  }

  /** Whole seconds, at least one. */
  static long seconds(Duration d) {
    return Math.max(1, d.toSeconds());
  }
}
