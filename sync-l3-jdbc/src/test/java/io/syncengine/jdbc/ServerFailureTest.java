// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.batch;
import static io.syncengine.testkit.Entries.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Calls that a server cannot or will not serve, and others who lock our rows. */
class ServerFailureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  // The common pool may have fewer threads than calls that wait for each other.
  private static final Executor OWN_THREAD = work -> new Thread(work).start();

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

    @Test
    void anotherDatabaseUnderAnOpenTierGetsNothing() {
      JdbcTier tier = db.open();
      tier.apply(List.of(value("a", 1, "x")));
      db.replaceDatabase();

      db.assertRefusesReplaced(tier);
      assertThat(db.query("SELECT id FROM items")).containsExactly("a");
    }

    @Test
    void aRowThatTheDatabaseRefusesFailsTheBatchForGoodAndLeavesNothing() {
      JdbcTier tier = db.open();
      db.admin(
          "CREATE TRIGGER t BEFORE INSERT ON items FOR EACH ROW BEGIN IF NEW.id = 'secret-id' THEN"
              + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'secret-id is not allowed'; END IF;"
              + " END");

      TierException e =
          catchThrowableOfType(
              TierException.class,
              () -> tier.apply(List.of(value("a", 1, "x"), value("secret-id", 1, "x"))));

      assertThat(e.retryable()).isFalse();
      assertThat(e.getMessage()).doesNotContain("secret");
      assertThat(tier.load(List.of("a")).found()).isEmpty();
      assertThat(tier.apply(List.of(value("a", 1, "x"))).row().sequence()).isEqualTo(1);
    }

    @Test
    void aTableThatIsGoneIsTheTiersTroubleAndNotTheItems() {
      JdbcTier tier = db.open();
      db.sql("DROP TABLE items");

      assertThatThrownBy(() -> tier.apply(List.of(value("a", 1, "x"))))
          .isInstanceOf(TierUnavailableException.class);
      assertThatThrownBy(() -> tier.load(List.of("a")))
          .isInstanceOf(TierUnavailableException.class);
    }

    @Test
    void rightsThatAreTakenAwayAreTheTiersTroubleToo() {
      JdbcTier tier = db.open();
      String user = "'" + db.database.user() + "'@'%'";
      db.admin(
          "REVOKE ALL PRIVILEGES, GRANT OPTION FROM " + user,
          "GRANT SELECT ON " + db.database.database() + ".* TO " + user);

      // A connection keeps the rights on a database that it had; each new one has the others.
      assertThatThrownBy(() -> db.open().apply(List.of(value("a", 1, "x"))))
          .isInstanceOf(TierUnavailableException.class)
          .hasMessageContaining("grant SELECT, INSERT, UPDATE and DELETE");
      assertThat(tier.load(List.of("a")).found()).isEmpty();
    }

    @Test
    void aDamagedRowIsNeverReadAndFailsAlone() {
      JdbcTier tier = db.open();
      tier.apply(List.of(value("a", 1, "x"), value("b", 1, "x")));
      db.sql("UPDATE items SET content_hash = x'00' WHERE id = 'a'");

      assertThatThrownBy(() -> tier.load(List.of("a"))).isInstanceOf(CorruptDataException.class);
      var outcomes = tier.apply(List.of(value("a", 2, "y"), value("b", 2, "y"))).outcomes();
      assertThat(outcomes.get(0).kind()).isEqualTo(Kind.FAILED);
      assertThat(outcomes.get(1).kind()).isEqualTo(Kind.APPLIED);
    }

    /**
     * Another program has a row, then wants the head, which the batch has, which wants the row. It
     * has written more, so that the database takes the batch for the victim.
     */
    @Test
    void aDeadlockRunsTheWholeBatchAgainAndNobodySeesIt() throws Exception {
      CrashPoints points = new CrashPoints();
      JdbcTier tier = db.open(db.config.withFailPoints(points));
      tier.apply(List.of(value("b", 1, "x")));
      db.sql("CREATE TABLE ballast (n INT PRIMARY KEY) ENGINE=InnoDB");
      try (Connection other = db.database.connect();
          Gate gate = points.blockAt(FailPoint.TIER_HEAD)) {
        other.setAutoCommit(false);
        ServerFixture.run(other, "UPDATE items SET bucket = bucket + 1 WHERE id = 'b'", ballast());
        long before = points.times(FailPoint.TIER_HEAD);
        CompletableFuture<ApplyResult> batch =
            CompletableFuture.supplyAsync(
                () -> tier.apply(List.of(value("a", 1, "y"), value("b", 2, "y"))), OWN_THREAD);
        gate.awaitReached(batch);
        CompletableFuture<Void> wantsHead =
            CompletableFuture.runAsync(
                () -> unchecked(other, "SELECT sequence FROM head WHERE place = 1 FOR UPDATE"),
                OWN_THREAD);
        awaitLockWait();
        points.clear(FailPoint.TIER_HEAD);
        gate.release();
        wantsHead.get(20, TimeUnit.SECONDS);
        other.commit();

        assertExact(batch.get(20, TimeUnit.SECONDS));
        assertThat(points.times(FailPoint.TIER_HEAD) - before).as("attempts").isGreaterThan(1);
      }
      assertThat(tier.poll(1, 10).rows()).hasSize(2);
    }

    private static String ballast() {
      StringBuilder sql = new StringBuilder("INSERT INTO ballast VALUES (0)");
      for (int i = 1; i < 1_000; i++) {
        sql.append(",(").append(i).append(')');
      }
      return sql.toString();
    }

    private static void assertExact(ApplyResult result) {
      assertThat(result.outcomes()).extracting(ItemOutcome::kind).containsOnly(Kind.APPLIED);
      assertThat(result.outcomes().get(0).before().revision()).isNull();
      assertThat(result.outcomes().get(1).before().revision().version()).isEqualTo(1);
      assertThat(result.row().sequence()).isEqualTo(2);
    }

    @Test
    void aLockThatIsNotHadInTimeRunsTheWholeBatchAgain() throws Exception {
      CrashPoints points = new CrashPoints();
      // A session waits for a lock for half of it, 2 s.
      JdbcTier tier =
          db.open(db.config.withRequestTimeout(Duration.ofSeconds(5)).withFailPoints(points));
      tier.apply(List.of(value("b", 1, "x")));
      long before = points.times(FailPoint.TIER_HEAD);
      try (Connection other = db.database.connect()) {
        other.setAutoCommit(false);
        ServerFixture.run(other, "UPDATE items SET bucket = bucket + 1 WHERE id = 'b'");
        CompletableFuture<ApplyResult> batch =
            CompletableFuture.supplyAsync(
                () -> tier.apply(List.of(value("a", 1, "y"), value("b", 2, "y"))), OWN_THREAD);
        Await.until(
            PATIENCE, () -> "in time", () -> points.times(FailPoint.TIER_HEAD) - before > 1);
        other.commit();

        assertExact(batch.get(20, TimeUnit.SECONDS));
      }
    }

    @Test
    void aLockThatIsNeverHadIsAnOutageWithinTheTimeOut() throws Exception {
      JdbcTier tier = db.open(db.config.withRequestTimeout(Duration.ofSeconds(3)));
      tier.apply(List.of(value("b", 1, "x")));
      try (Connection other = db.database.connect()) {
        other.setAutoCommit(false);
        ServerFixture.run(other, "UPDATE items SET bucket = bucket + 1 WHERE id = 'b'");
        long began = System.nanoTime();

        assertThatThrownBy(() -> tier.apply(List.of(value("b", 2, "y"))))
            .isInstanceOf(TierUnavailableException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
        assertThat(tier.load(List.of("b")).found().get("b").version()).isEqualTo(1);
        other.rollback();
      }
      assertThat(tier.apply(List.of(value("b", 2, "y"))).row().sequence()).isEqualTo(2);
    }

    /**
     * Until some transaction waits for a lock. Not by the table innodb_trx: InnoDB does not bring
     * that up to date while it is read more often than every 100 ms.
     */
    private void awaitLockWait() {
      Await.until(PATIENCE, () -> "in time", () -> innodbStatus().contains("LOCK WAIT"));
    }

    private String innodbStatus() {
      try (Connection c = db.database.connectAsAdmin();
          Statement s = c.createStatement();
          ResultSet rs = s.executeQuery("SHOW ENGINE INNODB STATUS")) {
        return rs.next() ? rs.getString("Status") : "";
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    private static void unchecked(Connection connection, String sql) {
      try {
        ServerFixture.run(connection, sql);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Nested
  class WithSmallPacketsOnMySql extends SmallPackets {
    WithSmallPacketsOnMySql() {
      super(SqlServerExtension.mysql().withOptions("--max-allowed-packet=1M"));
    }
  }

  @Nested
  class WithSmallPacketsOnMariaDb extends SmallPackets {
    WithSmallPacketsOnMariaDb() {
      super(SqlServerExtension.mariadb().withOptions("--max-allowed-packet=1M"));
    }
  }

  /** The server takes 1 MiB a statement. */
  abstract static class SmallPackets extends ServerClauses {
    SmallPackets(SqlServerExtension server) {
      super(server);
    }

    @Test
    void aBatchOverThePacketIsOneTransactionAllTheSame() {
      JdbcTier tier = db.open();
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        // Bytes of which each would be escaped, 6 MiB in all.
        entries.add(
            value(
                "id" + i, 1, i % 2 == 0 ? new byte[16_000] : "\"".repeat(16_000).getBytes(UTF_8)));
      }

      ApplyResult result = tier.apply(batch(entries));

      assertThat(result.row().changes()).hasSize(400);
      assertThat(tier.poll(1, 9).rows()).hasSize(1);
      for (Entry entry : entries) {
        assertThat(tier.load(List.of(entry.id())).found().get(entry.id()).content())
            .isEqualTo(entry.content());
      }
    }

    @Test
    void anItemOverThePacketFailsAloneAndForGood() {
      JdbcTier tier = db.open();
      List<Entry> entries =
          List.of(
              value("a", 1, "x".repeat(1_000_000)),
              value("b", 1, "x".repeat(1_100_000)),
              value("c", 1, "\0".repeat(600_000)),
              value("d", 1, "y"));

      List<ItemOutcome> outcomes = tier.apply(entries).outcomes();

      assertThat(outcomes)
          .extracting(ItemOutcome::kind)
          .containsExactly(Kind.APPLIED, Kind.FAILED, Kind.FAILED, Kind.APPLIED);
      for (ItemOutcome failed : outcomes.subList(1, 3)) {
        assertThat(failed.reason()).isEqualTo(ItemOutcome.TOO_LARGE);
        assertThat(failed.detail()).contains("max_allowed_packet");
        assertThat(failed.retryable()).isFalse();
      }
      assertThat(tier.load(List.of("a", "b", "c", "d")).found()).containsOnlyKeys("a", "d");
    }

    /** 2 MiB of ids as hexadecimal: more than one list takes. */
    @Test
    void longListsOfIdsAreAskedForInParts() {
      JdbcTier tier = db.open();
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        entries.add(value("x".repeat(507) + (10_000 + i), 1, "x"));
      }
      // The row of all changes fits, since the ids have their starts in common.
      ApplyResult first = tier.apply(batch(entries));
      ApplyResult again = tier.apply(batch(entries));

      assertThat(first.outcomes()).extracting(ItemOutcome::kind).containsOnly(Kind.APPLIED);
      assertThat(again.outcomes()).extracting(ItemOutcome::kind).containsOnly(Kind.UNCHANGED);
      var loaded = tier.load(entries.stream().map(Entry::id).toList());
      assertThat(loaded.found()).hasSize(2_000);
      assertThat(loaded.head()).isEqualTo(1);
    }

    @Test
    void aChangeRowOverThePacketRefusesTheBatchWhichIsSplit() {
      JdbcTier tier = db.open();
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        // Ids that share nothing: 400 bytes each in the change row, counted twice or once.
        entries.add(Entries.tombstone((10_000 + i) + "x".repeat(495), 1));
      }

      TierException e = catchThrowableOfType(TierException.class, () -> tier.apply(batch(entries)));

      assertThat(e.retryable()).isFalse();
      assertThat(tier.poll(1, 9).rows()).isEmpty();
      assertThat(tier.apply(batch(entries.subList(0, 1_000))).row().changes()).hasSize(1_000);
    }
  }
}
