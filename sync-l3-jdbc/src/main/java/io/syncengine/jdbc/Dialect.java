// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * What differs between databases: a few SQL texts, the meaning of errors, and what a connection
 * needs. Everything else is written once over it. Stateless; safe from any thread.
 *
 * <p>Several ids are given as one parameter, a JSON array of strings, so that the texts are fixed
 * and a batch of any size is one statement.
 */
interface Dialect {
  /** The columns of an entry, in the order of {@link RowMapper}. */
  String ENTRY_COLUMNS =
      "i.id, i.version, i.tombstone, i.content_hash, i.updated_at, i.codec, i.merge_type,"
          + " i.sequence, i.origin, i.trace_parent, i.trace_state, i.content";

  /** The product's name. */
  String name();

  /** The largest content that a row can hold, in bytes. */
  long maxContentBytes();

  /** All steps from nothing to this version's format, by rising number from 1. */
  List<Migration> migrations(Tables t);

  /** One parameter, a table's name; gives a row with the name of each column, none if absent. */
  String columnsOf();

  /** Locks the head for this transaction; gives sequence, tag, highest version, purge horizon. */
  String lockHead(Tables t);

  /**
   * One parameter, a JSON array of ids; gives for each row that is there the index of its id in the
   * array, version, tombstone, content hash, leaf.
   */
  String selectBefore(Tables t);

  /** One parameter, an id; gives one row: the head's sequence and the entry, or nulls. */
  default String selectOne(Tables t) {
    return "SELECT h.sequence, "
        + ENTRY_COLUMNS
        + " FROM "
        + quote(t.head())
        + " h LEFT JOIN "
        + quote(t.items())
        + " i ON i.id = ?";
  }

  /**
   * One parameter, a JSON array of ids; gives the head's sequence with each entry, or with nulls.
   */
  String selectMany(Tables t);

  /**
   * Writes a row whether the id has one or not. Parameters: id, version, tombstone, content hash,
   * leaf, bucket, updated at, codec, merge type, sequence, origin, trace parent, trace state,
   * content.
   */
  String upsert(Tables t);

  /** Writes a key of the meta table whether it is there or not. Parameters: name, value. */
  String putMeta(Tables t);

  /** Removes tombstones. Parameters: accepted before, limit. */
  String purge(Tables t);

  /** Puts a name into the quotes of the dialect; names are made of {@code [a-z0-9_]}. */
  String quote(String name);

  /** What an error means. */
  Failure classify(SQLException e);

  /** Bounds the waits of the following statements on a connection. */
  void limit(Connection connection, Duration remaining) throws SQLException;

  /** Checks what a schema cannot say, such as the encoding; gives what is wrong, or null. */
  String unfit(Connection connection) throws SQLException;

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
