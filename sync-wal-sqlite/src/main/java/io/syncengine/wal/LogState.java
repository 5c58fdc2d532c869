// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The small values in the file. Those of the engine wait in memory for the next commit, which they
 * join: a sync of their own would cost as much as a commit group.
 *
 * <p>Concurrency: {@link #put} and {@link #waiting} from any thread; {@link #save} under the writer
 * lock. A value leaves the map only after the commit that holds it, and only if it is still the
 * same, so a reader who looks here first and then into the file misses none.
 */
final class LogState {
  static final String NAMESPACE = "log.namespace";
  static final String CEILING = "log.ceiling";
  static final String NEXT_GROUP = "log.next_group";

  private static final String OWN = "log.";

  private final Map<String, String> waiting = new ConcurrentHashMap<>();

  void put(String key, String value) {
    if (key.startsWith(OWN)) {
      throw new IllegalArgumentException("keys that begin with 'log.' are the log's own");
    }
    waiting.put(key, value);
  }

  Optional<String> waiting(String key) {
    return Optional.ofNullable(waiting.get(key));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /**
   * Writes what waits, in the caller's transaction; returns what to forget once it is committed.
   */
  Map<String, String> save(LogConnection c) throws SQLException {
    if (waiting.isEmpty()) {
      return Map.of();
    }
    Map<String, String> saved = Map.copyOf(waiting);
    for (Map.Entry<String, String> e : saved.entrySet()) {
      write(c, e.getKey(), e.getValue());
    }
    return saved;
  }

  void forget(Map<String, String> saved) {
    saved.forEach(waiting::remove);
  }

  static void write(LogConnection c, String key, Object value) throws SQLException {
    PreparedStatement put =
        c.statement(
            "INSERT INTO state VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value");
    put.setString(1, key);
    put.setObject(2, value);
    put.executeUpdate();
  }

  static Optional<String> read(LogConnection c, String key) throws SQLException {
    PreparedStatement get = c.statement("SELECT value FROM state WHERE key=?");
    get.setString(1, key);
    try (ResultSet row = get.executeQuery()) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }

  static long number(LogConnection c, String key) throws SQLException {
    return read(c, key).map(Long::parseLong).orElse(0L);
  }
}
