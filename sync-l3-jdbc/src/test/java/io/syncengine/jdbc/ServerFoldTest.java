// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Sums;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Instances that fold at once on one server, while others write and read digests. */
class ServerFoldTest {
  private static final Tables TABLES = Tables.of("");
  private static final int WRITERS = 2;
  private static final int FOLDERS = 3;
  private static final int READERS = 2;
  private static final int COMMITS = 40;

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
    private final AtomicInteger writing = new AtomicInteger(WRITERS);
    private final AtomicInteger folded = new AtomicInteger();

    Clauses(SqlServerExtension server) {
      super(server);
    }

    /**
     * Those that fold work without the tier's tries after a deadlock or a lock that was not to be
     * had, so that one of these fails the test.
     */
    @Test
    void foldsAtOnceHoldNobodyUpAndLoseNothing() throws Exception {
      JdbcTier tier = db.open();
      String databaseId = tier.poll(1, 0).databaseId();

      List<Integer> calls =
          AtOnce.run(
              WRITERS + FOLDERS + READERS,
              n -> {
                if (n < WRITERS) {
                  return write(db.open(), n);
                }
                return n < WRITERS + FOLDERS ? fold(databaseId) : read(db.open());
              });

      assertThat(calls).allMatch(n -> n > 0);
      assertThat(folded.get()).as("folds that took something in").isPositive();
      assertThat(tier.fold()).isZero();
      byte[] sums = Sums.of(tier.headers(IdRange.ALL, null, Integer.MAX_VALUE).headers());
      assertThat(Arrays.equals(Sums.joined(tier.digests(4, Sums.all(4)).digests()), sums)).isTrue();
      assertThat(tier.digests(0, List.of(0)).digests()).containsExactly(Sums.node(sums, 0, 0));
    }

    private int write(JdbcTier tier, int writer) {
      for (int i = 0; i < COMMITS; i++) {
        List<Entry> batch = new ArrayList<>();
        for (int j = 0; j < 20; j++) {
          batch.add(value("id" + (i * 7 + j), 1L + i * WRITERS + writer, "x"));
        }
        tier.apply(Entries.batch(batch));
      }
      writing.decrementAndGet();
      return COMMITS;
    }

    private int read(JdbcTier tier) {
      int calls = 0;
      do {
        DigestPage root = tier.digests(0, List.of(0));
        DigestPage level1 = tier.digests(1, Sums.all(1));
        if (root.sequence() == level1.sequence()) {
          byte[] sum = new byte[Leaf.BYTES];
          level1.digests().forEach(digest -> Leaf.add(sum, digest));
          assertThat(sum).isEqualTo(root.digests().get(0));
        }
        calls++;
      } while (writing.get() > 0);
      return calls;
    }

    private int fold(String databaseId) throws SQLException {
      DigestKeeper digests = new DigestKeeper(db.dialect, TABLES, databaseId);
      ChangeTrimmer trimmer = new ChangeTrimmer(db.dialect, TABLES, digests);
      int calls = 0;
      Connection connection = db.connect();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      try (Session session = Session.onlyUseOf(connection)) {
        do {
          DigestKeeper.Unfolded unfolded = digests.unfolded(session, Duration.ofSeconds(5));
          if (unfolded.to() > unfolded.from() && digests.fold(session, unfolded, db.config)) {
            folded.incrementAndGet();
          }
          trimmer.trim(session, Long.MAX_VALUE, Long.MAX_VALUE, 5);
          trimmer.register(session, "reader", 1);
          calls++;
        } while (writing.get() > 0);
      }
      return calls;
    }
  }
}
