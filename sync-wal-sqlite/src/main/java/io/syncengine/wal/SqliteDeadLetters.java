// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.DeadLetter;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Dead letters in a table of the log's file. The entry is kept as a commit group of one, so that
 * nothing of it is lost when it is sent again; id and revision stand beside it for the constraint
 * that makes {@link #add} idempotent.
 *
 * <p>Concurrency: stateless over the log's connections; safe from any thread.
 */
final class SqliteDeadLetters implements DeadLetterStore {
  private static final String COLUMNS =
      "SELECT number, reason, detail, at, head, body FROM dead_letter ";
  private static final String BY_REVISION =
      COLUMNS + "WHERE id=? AND version=? AND tombstone=? AND content_hash=?";

  private final Path file;
  private final SqliteWriteAheadLog log;

  SqliteDeadLetters(Path file, SqliteWriteAheadLog log) {
    this.file = file;
    this.log = log;
  }

  @Override
  public DeadLetter add(Entry entry, String reason, String detail, long atMillis) {
    return log.write(
        c -> {
          c.transaction(() -> insert(c, entry, reason, detail, atMillis));
          PreparedStatement find = c.statement(BY_REVISION);
          bindRevision(find, entry);
          return first(find).orElseThrow(() -> new SQLException("a dead letter is not there"));
        });
  }

  @Override
  public List<DeadLetter> list(int limit) {
    return log.read(
        c -> {
          PreparedStatement oldest = c.statement(COLUMNS + "ORDER BY number LIMIT ?");
          oldest.setInt(1, Math.max(0, limit));
          return all(oldest);
        });
  }

  @Override
  public Optional<DeadLetter> find(long number) {
    return log.read(
        c -> {
          PreparedStatement one = c.statement(COLUMNS + "WHERE number=?");
          one.setLong(1, number);
          return first(one);
        });
  }

  @Override
  public Optional<DeadLetter> newest(String id) {
    return log.read(
        c -> {
          PreparedStatement one = c.statement(COLUMNS + "WHERE id=? ORDER BY number DESC LIMIT 1");
          one.setBytes(1, id.getBytes(StandardCharsets.UTF_8));
          return first(one);
        });
  }

  @Override
  public boolean remove(long number) {
    return log.write(
        c -> {
          PreparedStatement delete = c.statement("DELETE FROM dead_letter WHERE number=?");
          delete.setLong(1, number);
          return delete.executeUpdate() > 0;
        });
  }

  @Override
  public long count() {
    return log.read(c -> c.number("SELECT count(*) FROM dead_letter", 0));
  }

  @Override
  public long memoryBytes() {
    return 0;
  }

  private static int insert(
      LogConnection c, Entry entry, String reason, String detail, long atMillis)
      throws SQLException {
    PreparedStatement insert =
        c.statement(
            "INSERT INTO dead_letter(id, version, tombstone, content_hash, reason, detail, at, head,"
                + " body) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    GroupFormat kept = GroupFormat.encode(0, 0, List.of(entry));
    bindRevision(insert, entry);
    insert.setString(5, reason);
    insert.setString(6, detail == null ? "" : detail);
    insert.setLong(7, atMillis);
    insert.setBytes(8, kept.head());
    insert.setBytes(9, kept.body());
    return insert.executeUpdate();
  }

  private static void bindRevision(PreparedStatement s, Entry entry) throws SQLException {
    s.setBytes(1, entry.id().getBytes(StandardCharsets.UTF_8));
    s.setLong(2, entry.version());
    s.setInt(3, entry.tombstone() ? 1 : 0);
    s.setBytes(4, entry.revision().contentHash());
  }

  private Optional<DeadLetter> first(PreparedStatement query) throws SQLException {
    return all(query).stream().findFirst();
  }

  private List<DeadLetter> all(PreparedStatement query) throws SQLException {
    List<DeadLetter> letters = new ArrayList<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        letters.add(letter(row));
      }
    }
    return letters;
  }

  private DeadLetter letter(ResultSet row) throws SQLException {
    Entry entry;
    try {
      entry = new GroupFormat(row.getBytes(5), row.getBytes(6)).decode(0, 0).get(0);
    } catch (GroupFormat.DamagedException e) {
      throw LogErrors.damaged(
          "dead letter " + row.getLong(1) + " in the write-ahead log is damaged", file, e.found());
    }
    Revision revision = entry.revision();
    Optional<SyncItem> item = entry.tombstone() ? Optional.empty() : Optional.of(entry.toItem());
    Instant at = Instant.ofEpochMilli(row.getLong(4));
    return new DeadLetter(
        row.getLong(1), entry.id(), revision, item, row.getString(2), row.getString(3), at);
  }
}
