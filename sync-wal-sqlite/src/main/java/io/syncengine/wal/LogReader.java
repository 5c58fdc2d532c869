// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Everything that reads groups.
 *
 * <p>Concurrency: safe from any thread. A group never changes and its number is never given again,
 * so two statements about one group need no common snapshot: each finds it as written, or gone. No
 * statement is open while a visitor runs, so a slow one holds nothing up.
 */
final class LogReader {
  private record Group(long number, List<Entry> entries) {}

  private final LogConnections connections;
  private final Path file;

  LogReader(LogConnections connections, Path file) {
    this.connections = connections;
    this.file = file;
  }

  Optional<Entry> read(LogPlace place) {
    try {
      return connections.read(c -> one(c, place));
    } catch (SQLException e) {
      throw LogErrors.unreadable(file, e);
    }
  }

  void replay(WriteAheadLog.Visitor visitor) {
    try {
      long last = connections.read(c -> c.number("SELECT max(group_no) FROM log", 0));
      Optional<Group> next = from(0);
      while (next.isPresent() && next.get().number <= last) {
        Group group = next.get();
        for (int i = 0; i < group.entries.size(); i++) {
          visitor.visit(new LogPlace(group.number, i), group.entries.get(i));
        }
        next = from(group.number + 1);
      }
    } catch (SQLException e) {
      throw LogErrors.unreadable(file, e);
    }
  }

  /** The first group from a number on, whole. */
  private Optional<Group> from(long number) throws SQLException {
    return connections.read(
        c -> {
          PreparedStatement next =
              c.statement(
                  "SELECT group_no, ceiling, head, body FROM log WHERE group_no >= ?"
                      + " ORDER BY group_no LIMIT 1");
          next.setLong(1, number);
          try (ResultSet row = next.executeQuery()) {
            return row.next() ? Optional.of(decode(row)) : Optional.empty();
          }
        });
  }

  private Group decode(ResultSet row) throws SQLException {
    long number = row.getLong(1);
    try {
      GroupFormat bytes = new GroupFormat(row.getBytes(3), row.getBytes(4));
      return new Group(number, bytes.decode(number, row.getLong(2)));
    } catch (GroupFormat.DamagedException e) {
      throw LogErrors.damagedGroup(number, file, e.found());
    }
  }

  /** Two small pieces of the row: the entry's record in the index, then its bytes. */
  private Optional<Entry> one(LogConnection c, LogPlace place) throws SQLException {
    PreparedStatement record =
        c.statement("SELECT substr(head, ?, ?), length(head) FROM log WHERE group_no=?");
    long at = GroupFormat.recordAt(place.index());
    record.setLong(1, at + 1);
    record.setInt(2, GroupFormat.RECORD);
    record.setLong(3, place.group());
    ByteBuffer index;
    try (ResultSet row = record.executeQuery()) {
      if (!row.next()) {
        return Optional.empty();
      }
      if (place.index() < 0 || at + GroupFormat.RECORD > row.getInt(2) - GroupFormat.CRC) {
        throw new IllegalArgumentException("the commit group has fewer entries than that");
      }
      index = ByteBuffer.wrap(row.getBytes(1));
    }
    PreparedStatement bytes = c.statement("SELECT substr(body, ?, ?) FROM log WHERE group_no=?");
    bytes.setLong(1, index.getInt() + 1L);
    bytes.setInt(2, index.getInt());
    bytes.setLong(3, place.group());
    try (ResultSet row = bytes.executeQuery()) {
      return row.next()
          ? Optional.of(
              GroupFormat.decodeOne(place.group(), place.index(), index.getInt(), row.getBytes(1)))
          : Optional.empty();
    } catch (GroupFormat.DamagedException e) {
      throw LogErrors.damagedGroup(place.group(), file, e.found());
    }
  }
}
