// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How MySQL and MariaDB run our statements: through which index, and how many rows they read. */
class ServerPlanTest {
  private static final Tables TABLES = Tables.of("");

  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }
  }

  abstract static class Clauses extends ServerClauses {
    Clauses(SqlServerExtension server) {
      super(server);
    }

    /** A list of ids goes through the primary key, and the change log is read in its own order. */
    @Test
    void aStatementNeedsNoScanAndNoSort() throws SQLException {
      JdbcTier tier = db.open();
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        ids.add("id" + i);
        tier.apply(List.of(value("id" + i, 1, "x")));
      }
      db.sql("ANALYZE TABLE items, changes, head, meta");
      List<String> some = ids.subList(0, 20);

      assertLooksUp(explain(db.dialect.selectBefore(TABLES), db.dialect.idList(some)), "i");
      assertLooksUp(explain(db.dialect.selectMany(TABLES), db.dialect.idList(some)), "i");
      assertLooksUp(explain(db.dialect.selectOne(TABLES), "id7"), "i");
      assertLooksUp(explain(db.dialect.lockHead(TABLES)), "h");
      assertLooksUp(explain(db.dialect.purge(TABLES), 1L, 10L), "items");
      HeaderReader headers = new HeaderReader(db.dialect, TABLES, "");
      String range = headers.sql(new Bounds("id2", true, "id3"));
      assertLooksUp(explain(range, "id2", "id3", 10L), "i");
      assertLooksUp(explain(headers.sql(List.of(7, 40_000))), "i");
    }

    /** Ten of 65,536 buckets, of 10,000 items and 100 tombstones. */
    @Test
    void bucketsAreReadWithoutTheOthers() throws SQLException {
      JdbcTier tier = db.open();
      List<Entry> batch = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        batch.add(i < 9_900 ? value("id" + i, 1, "x") : tombstone("id" + i, 1));
      }
      tier.apply(Entries.batch(batch));
      List<Integer> buckets =
          IntStream.range(9_895, 9_905)
              .map(i -> IdHash.bucket(IdHash.of("id" + i)))
              .sorted()
              .boxed()
              .toList();
      String sql = new HeaderReader(db.dialect, TABLES, "").sql(buckets);

      assertThat(rowsRead(sql)).isBetween(10L, 250L);
      assertThat(tier.buckets(buckets).headers())
          .filteredOn(Header::live)
          .hasSizeGreaterThanOrEqualTo(5);
      assertThat(tier.buckets(buckets).headers())
          .filteredOn(h -> !h.live())
          .hasSizeGreaterThanOrEqualTo(5);
    }

    /** A follower that comes back after 100,000 commits: each row of its page is read thrice. */
    @Test
    void aPollFromFarBehindReadsAndSortsNoMoreThanItsPage() throws SQLException {
      JdbcTier tier = db.open();
      tier.apply(List.of(value("a", 1, "x")));
      long rows = 1;
      for (; rows < 100_000; rows *= 2) {
        db.sql(
            "INSERT INTO changes SELECT sequence + "
                + rows
                + ", tag, origin, at, `count`, leaf_sum, payload FROM changes");
      }
      db.sql("UPDATE head SET sequence = " + rows, "ANALYZE TABLE changes, head, meta");
      String sql = new ChangeLogTable(db.dialect, TABLES, "").sql();

      assertLooksUp(explain(sql, 1L, 100L), "r");
      assertLooksUp(explain(sql, 1L, 100L), "c");
      assertThat(rowsRead(sql, 1L, 100L)).isBetween(100L, 400L);
      assertThat(rowsRead(sql, rows - 50_000, 100L)).isBetween(100L, 400L);
      assertThat(rowsRead(sql, rows + 1, 100L)).isLessThan(100L);
      assertThat(tier.poll(2, 3).rows()).extracting("sequence").containsExactly(2L, 3L, 4L);
      assertThat(tier.poll(rows + 1, 3).rows()).isEmpty();
    }

    private void assertLooksUp(List<String> plan, String table) {
      // table | type | key | extra
      assertThat(plan)
          .as("the plan")
          .anyMatch(p -> p.matches(table + " \\| (eq_ref|const|range) \\| (PRIMARY|buckets) .*"));
      assertThat(plan).as("the plan").noneMatch(p -> p.contains("filesort"));
      assertThat(plan)
          .as("the plan")
          .noneMatch(p -> p.startsWith(table + " | ALL") || p.startsWith(table + " | index"));
    }

    private List<String> explain(String sql, Object... parameters) throws SQLException {
      List<String> plan = new ArrayList<>();
      try (Connection c = db.database.connect();
          PreparedStatement s = prepare(c, "EXPLAIN " + sql, parameters);
          ResultSet rs = s.executeQuery()) {
        while (rs.next()) {
          plan.add(
              rs.getString("table")
                  + " | "
                  + rs.getString("type")
                  + " | "
                  + rs.getString("key")
                  + " | "
                  + rs.getString("Extra"));
        }
      }
      return plan;
    }

    /**
     * How many rows, or entries of an index, the storage engine was asked for, sorting included.
     */
    private long rowsRead(String sql, Object... parameters) throws SQLException {
      try (Connection c = db.database.connect();
          PreparedStatement s = prepare(c, sql, parameters)) {
        long before = rowsReadBy(c);
        // The status itself is made of rows.
        long perStatus = rowsReadBy(c) - before;
        s.executeQuery().close();
        return rowsReadBy(c) - before - 2 * perStatus;
      }
    }

    private static long rowsReadBy(Connection c) throws SQLException {
      long sum = 0;
      try (Statement s = c.createStatement();
          ResultSet rs = s.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read%'")) {
        while (rs.next()) {
          sum += rs.getLong(2);
        }
      }
      return sum;
    }

    private PreparedStatement prepare(Connection c, String sql, Object... parameters)
        throws SQLException {
      PreparedStatement s = c.prepareStatement(sql);
      for (int i = 0; i < parameters.length; i++) {
        if (parameters[i] instanceof Long n) {
          s.setLong(i + 1, n);
        } else if (sql.contains("JSON_TABLE")) {
          s.setString(i + 1, (String) parameters[i]);
        } else {
          db.dialect.setText(s, i + 1, (String) parameters[i]);
        }
      }
      return s;
    }
  }
}
