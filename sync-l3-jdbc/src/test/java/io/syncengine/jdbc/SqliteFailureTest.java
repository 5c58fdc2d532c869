// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.batch;
import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.ManualTime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that the database cannot or will not serve. */
class SqliteFailureTest {
  @TempDir Path folder;
  private SqliteFixture db;

  @BeforeEach
  void setUp() {
    db = new SqliteFixture(folder);
  }

  @Test
  void aRowThatTheDatabaseRefusesFailsTheBatchForGoodAndLeavesNothing() {
    JdbcTier tier = db.open();
    db.sql(
        "CREATE TRIGGER t BEFORE INSERT ON items WHEN NEW.id = 'secret-id'"
            + " BEGIN SELECT RAISE(ABORT, 'secret-id is not allowed'); END");

    TierException e =
        catchThrowableOfType(
            TierException.class,
            () -> tier.apply(List.of(value("a", 1, "x"), value("secret-id", 1, "x"))));

    assertThat(e.retryable()).isFalse();
    assertThat(e.getMessage()).doesNotContain("secret");
    assertThat(tier.load(List.of("a")).found()).isEmpty();
    // Alone, the others go through.
    assertThat(tier.apply(List.of(value("a", 1, "x"))).row().sequence()).isEqualTo(1);
    tier.close();
  }

  @Test
  void aTableThatIsGoneIsTheTiersTroubleAndNotTheItems() {
    JdbcTier tier = db.open();
    db.sql("DROP TABLE items");

    assertThatThrownBy(() -> tier.apply(List.of(value("a", 1, "x"))))
        .isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> tier.load(List.of("a"))).isInstanceOf(TierUnavailableException.class);
    tier.close();
  }

  @Test
  void anotherDatabaseUnderAnOpenTierGetsNothing() {
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));
    db.replaceDatabase();

    db.assertRefusesReplaced(tier);
    assertThat(db.query("SELECT id FROM items")).containsExactly("a");
    tier.close();
    assertThat(db.open().apply(List.of(value("b", 1, "x"))).row().sequence()).isEqualTo(2);
  }

  @Test
  void aContentOverTheLimitOfARowFailsAlone() {
    Dialect small = new SqliteDialect(100);
    Database database = new SqliteTarget(db.file, small).open(db.config);
    BatchWriter writer = database.writer();
    try (Session session = database.connections().write()) {
      var result =
          writer.write(
              session,
              BatchWriter.prepare(
                  List.of(value("a", 1, "x".repeat(100)), value("b", 1, "x".repeat(101)))),
              false,
              db.config);

      assertThat(result.outcomes().get(0).kind()).isEqualTo(Kind.APPLIED);
      assertThat(result.outcomes().get(1).reason()).isEqualTo(ItemOutcome.TOO_LARGE);
      assertThat(result.row().changes()).hasSize(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    } finally {
      database.connections().close();
    }
  }

  @Test
  void aDamagedRowIsNeverReadAndFailsAlone() {
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x"), value("b", 1, "x")));
    db.sql("UPDATE items SET content_hash = x'00' WHERE id = 'a'");

    assertThatThrownBy(() -> tier.load(List.of("a")))
        .isInstanceOfSatisfying(CorruptDataException.class, e -> assertThat(e.id()).isEqualTo("a"));
    var outcomes = tier.apply(List.of(value("a", 2, "y"), value("b", 2, "y"))).outcomes();
    assertThat(outcomes.get(0).kind()).isEqualTo(Kind.FAILED);
    assertThat(outcomes.get(1).kind()).isEqualTo(Kind.APPLIED);
    tier.close();
  }

  @Test
  void aDamagedChangeRowIsNotFollowed() {
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));
    db.sql("UPDATE changes SET payload = x'010000000000'");

    assertThatThrownBy(() -> tier.poll(1, 10)).isInstanceOf(CorruptDataException.class);
    assertThat(tier.poll(1, 0).head()).isEqualTo(1);
    tier.close();
  }

  @Test
  void aWriterWaitsForAnotherProcessesLockUpToTheTimeOut() throws Exception {
    JdbcTier tier = db.open(db.config.withRequestTimeout(Duration.ofMillis(400)));
    try (Connection c = db.connect();
        Statement s = c.createStatement()) {
      s.execute("BEGIN IMMEDIATE");
      long began = System.nanoTime();
      assertThatThrownBy(() -> tier.apply(List.of(value("a", 1, "x"))))
          .isInstanceOf(TierUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
      assertThat(tier.load(List.of("a")).found()).isEmpty();
      s.execute("COMMIT");
    }
    assertThat(tier.apply(List.of(value("a", 1, "x"))).row()).isNotNull();
    tier.close();
  }

  @Test
  void aPurgerThatDiedLosesItsLease() {
    ManualTime time = new ManualTime();
    JdbcTier dead = db.open(db.config.withInstanceId("dead").withTimeSource(time));
    JdbcTier other = db.open(db.config.withInstanceId("other").withTimeSource(time));
    dead.apply(batch(tombstone("a", 1), tombstone("b", 1), tombstone("c", 1)));

    assertThat(dead.purge(Entries.ACCEPTED_AT + 1, 1)).isEqualTo(1);
    assertThat(other.purge(Entries.ACCEPTED_AT + 1, 1)).isZero();
    time.advance(Duration.ofMillis(TombstonePurger.LEASE_MILLIS));
    assertThat(other.purge(Entries.ACCEPTED_AT + 1, 10)).isEqualTo(2);
    assertThat(dead.purge(Entries.ACCEPTED_AT + 1, 10)).isZero();
    dead.close();
    other.close();
  }
}
