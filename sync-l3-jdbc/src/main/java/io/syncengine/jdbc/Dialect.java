// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between databases: a few SQL texts, the meaning of errors, and what a connection
 * needs. Everything else is written once over it. Stateless; safe from any thread.
 *
 * <p>Several ids are given as one parameter, a list, so that the texts are fixed and a batch of any
 * size is one statement.
 */
interface Dialect {
  /** The columns of an entry, in the order of {@link RowMapper}. */
  String ENTRY_COLUMNS =
      "i.id, i.version, i.tombstone, i.content_hash, i.updated_at, i.codec, i.merge_type,"
          + " i.sequence, i.origin, i.trace_parent, i.trace_state, i.content";

  /** The product's name. */
  String name();

  /** Writes the rows of a batch. */
  RowWriter rowWriter(Tables t);

  /** All steps from nothing to this version's format, by rising number from 1. */
  List<Migration> migrations(Tables t);

  /** One parameter, a table's name; gives a row with the name of each column, none if absent. */
  String columnsOf();

  /**
   * One parameter, a table's name; gives the comment that our tables bear. Null where steps are
   * transactions: nobody ever sees a half of one there.
   */
  default @Nullable String commentOf() {
    return null;
  }

  /**
   * Keeps other instances from making or changing the tables, where a transaction does not.
   *
   * @return what ends that
   */
  default Restore lockSchema(Connection connection, Tables t, Duration timeout)
      throws SQLException {
    return () -> {};
  }

  /** Whether an error of a step's statement says that it was done before. */
  default boolean alreadyDone(SQLException e) {
    return false;
  }

  /**
   * Locks the head for this transaction; gives sequence, tag, highest version, purge horizon,
   * database id.
   */
  String lockHead(Tables t);

  /** The database's id, to be one more column of a query. */
  default String databaseId(Tables t) {
    return metaValue(t, Meta.DATABASE_ID);
  }

  /** The value of a name in the meta table, to be one more column of a query. */
  default String metaValue(Tables t, String name) {
    return "(SELECT d.value FROM " + quote(t.meta()) + " d WHERE d.name = '" + name + "')";
  }

  /** Conditions of which an item {@code i} meets one if its bucket is in a list, else none. */
  default List<String> inBuckets(String list) {
    return List.of("i.bucket IN (" + list + ")");
  }

  /**
   * One parameter, an {@link #idList}; gives for each row that is there the index of its id in the
   * list, version, tombstone, content hash, leaf.
   */
  String selectBefore(Tables t);

  /**
   * One parameter, an id; gives one row: the head's sequence, the database's id, and the entry or
   * nulls.
   */
  default String selectOne(Tables t) {
    // Each table by its whole key, so that MySQL reads three rows before it plans anything.
    return "SELECT h.sequence, d.value, "
        + ENTRY_COLUMNS
        + " FROM "
        + quote(t.meta())
        + " d CROSS JOIN "
        + quote(t.head())
        + " h LEFT JOIN "
        + quote(t.items())
        + " i ON i.id = ? WHERE h.place = 1 AND d.name = '"
        + Meta.DATABASE_ID
        + "'";
  }

  /**
   * One parameter, an {@link #idList}; gives the head's sequence and the database's id with each
   * entry, or with nulls.
   */
  String selectMany(Tables t);

  /** The text of ids that stands for any number of parameters. */
  String idList(List<String> ids);

  /** How long an {@link #idList} may be, in bytes. */
  default long maxIdListBytes() {
    return Long.MAX_VALUE;
  }

  /** Sets a parameter of a text column; null for NULL. */
  void setText(PreparedStatement s, int index, @Nullable String value) throws SQLException;

  /** Reads a text column; null for NULL. */
  @Nullable String getText(ResultSet rs, int index) throws SQLException;

  /** Reads a text column that is NOT NULL. */
  default String requireText(ResultSet rs, int index) throws SQLException {
    String text = getText(rs, index);
    if (text == null) {
      throw new SQLException("a column that cannot be NULL is");
    }
    return text;
  }

  /** Writes a key of the meta table whether it is there or not. Parameters: name, value. */
  String putMeta(Tables t);

  /** What ends a query that locks its rows until the transaction ends. */
  default String forUpdate() {
    return "";
  }

  /** What ends an insert so that a row that is there is changed to the new values. */
  String onConflict(String key, List<String> columns);

  /** Removes tombstones. Parameters: accepted before, limit. */
  String purge(Tables t);

  /** Puts a name into the quotes of the dialect; names are made of {@code [a-z0-9_]}. */
  String quote(String name);

  /** Gives the server's time in milliseconds since the epoch; null if there is no server. */
  default @Nullable String serverTime() {
    return null;
  }

  /** What an error means. */
  Failure classify(SQLException e);

  /**
   * What is wrong and what to do, if an error of an open is no outage and the other texts do not
   * say it; else null.
   */
  default @Nullable String refusal(SQLException e) {
    return null;
  }

  /** Bounds the waits of a transaction that is about to begin. */
  default void limit(Connection connection, Duration remaining) throws SQLException {}

  /** What bounds a call of which the database does not bound each wait by itself. */
  default Deadline deadline(Duration timeout) {
    return Deadline.NONE;
  }

  /** The largest statement that a connection takes, in bytes. */
  default long maxPacketBytes(Connection connection) throws SQLException {
    return Long.MAX_VALUE;
  }

  /** Checks what a schema cannot say, such as the encoding; gives what is wrong, or null. */
  @Nullable String unfit(Connection connection) throws SQLException;

  /**
   * Gives an application's connection what a session needs.
   *
   * @return what puts it back as it was
   */
  Restore prepareBorrowed(Connection connection, boolean writing, Duration timeout)
      throws SQLException;

  /** Undoes {@link #prepareBorrowed}. */
  interface Restore {
    /** Puts the connection back as it was. */
    void run() throws SQLException;
  }
}
