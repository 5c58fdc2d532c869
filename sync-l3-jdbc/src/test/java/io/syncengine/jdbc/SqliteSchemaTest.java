// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.VersionMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** What the tables are, and how they come to be. */
class SqliteSchemaTest {
  private static final Tables TABLES = Tables.of("");
  private static final Dialect SQLITE = new SqliteDialect();

  @TempDir Path folder;
  private SqliteFixture db;

  @BeforeEach
  void setUp() {
    db = new SqliteFixture(folder);
  }

  @Test
  void aNewDatabaseTellsWhatItIs() {
    JdbcTier tier = new JdbcTier();
    String id = tier.open(db.config.withVersionMode(VersionMode.CALLER)).databaseId();
    tier.close();

    assertThat(db.query("SELECT name || '=' || value FROM meta ORDER BY name"))
        .containsExactly(
            "codec=none",
            "database_id=" + id,
            "format=2",
            "generation=1",
            "id_hash=xxh64",
            "merge=lww",
            "purge_horizon=0",
            "readable_from=1",
            "version_mode=caller");
    assertThat(db.query("PRAGMA journal_mode")).containsExactly("wal");
    assertThat(db.query("PRAGMA integrity_check")).containsExactly("ok");
  }

  @Test
  void namespacesStandBesideEachOther() {
    JdbcTier plain = db.open();
    JdbcTier demo = db.open(db.config.withNamespace("demo").withVersionMode(VersionMode.CALLER));

    plain.apply(List.of(value("a", 1, "plain")));

    assertThat(demo.load(List.of("a")).found()).isEmpty();
    assertThat(db.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
        .containsExactly(
            "changes",
            "demo_changes",
            "demo_digests",
            "demo_head",
            "demo_items",
            "demo_meta",
            "demo_readers",
            "digests",
            "head",
            "items",
            "meta",
            "readers");
    plain.close();
    demo.close();
  }

  @Test
  void ourTablesStandBesideThoseOfAnotherProgram() {
    db.sql("CREATE TABLE users (name TEXT)");
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));
    tier.close();

    assertThat(db.query("SELECT name FROM users")).isEmpty();
    assertThat(db.query("SELECT id FROM items")).containsExactly("a");
  }

  @Test
  void aStatementNeedsNoScanAndNoSort() throws Exception {
    db.open().close();
    for (String sql :
        List.of(
            SQLITE.selectOne(TABLES),
            SQLITE.selectMany(TABLES),
            SQLITE.selectBefore(TABLES),
            new HeaderReader(SQLITE, TABLES, "").sql(new Bounds("a", true, "b")))) {
      try (Connection c = db.connect();
          var s = c.prepareStatement("EXPLAIN QUERY PLAN " + sql)) {
        s.setString(1, "[]");
        List<String> plan = new ArrayList<>();
        try (var rs = s.executeQuery()) {
          while (rs.next()) {
            plan.add(rs.getString(4));
          }
        }
        assertThat(plan).as(sql).anyMatch(p -> p.startsWith("SEARCH i USING INDEX"));
        assertThat(plan).as(sql).noneMatch(p -> p.contains("TEMP B-TREE") || p.equals("SCAN i"));
      }
    }
  }

  @RepeatedTest(5)
  void manyThatStartAtOnceMakeOneDatabase() throws Exception {
    List<String> ids =
        AtOnce.run(
            6,
            n -> {
              JdbcTier tier = new JdbcTier();
              String id = tier.open(db.config.withInstanceId("i" + n)).databaseId();
              tier.apply(List.of(value("id" + n, 1, "x")));
              tier.close();
              return id;
            });

    assertThat(ids).hasSize(6).containsOnly(ids.get(0));
    assertThat(db.query("SELECT count(*) FROM items")).containsExactly("6");
    assertThat(db.query("SELECT sequence FROM head")).containsExactly("6");
  }

  @RepeatedTest(5)
  void aLaterStepIsDoneOnceByManyAtOnceAndKeepsTheData() throws Exception {
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));
    tier.close();
    // Not repeatable, so that a second run would fail.
    List<Migration> more = withStep3(1, "ALTER TABLE items ADD COLUMN extra TEXT");

    List<String> formats = AtOnce.run(4, n -> migrate(more));

    assertThat(formats).containsOnly("3");
    assertThat(db.query("SELECT id FROM items WHERE extra IS NULL")).containsExactly("a");
    assertThat(db.query("SELECT value FROM meta WHERE name = 'format'")).containsExactly("3");
  }

  @Test
  void aStepThatFailsLeavesNothingOfItself() {
    List<Migration> broken = withStep3(3, "ALTER TABLE items ADD COLUMN extra TEXT", "NO SQL");
    db.open().close();

    assertThatThrownBy(() -> migrate(broken)).isInstanceOf(java.sql.SQLException.class);

    assertThat(db.query("SELECT value FROM meta WHERE name = 'format'")).containsExactly("2");
    assertThat(db.query("SELECT name FROM pragma_table_info('items')")).doesNotContain("extra");
    db.open().close();
  }

  @Test
  void aNewerFormatThatThisReleaseMayUseIsUsed() {
    db.open().close();
    db.sql(
        "UPDATE meta SET value = '7' WHERE name = 'format'",
        "ALTER TABLE items ADD COLUMN extra TEXT");

    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));
    tier.close();

    assertThat(db.query("SELECT value FROM meta WHERE name = 'format'")).containsExactly("7");
  }

  private static List<Migration> withStep3(int readableFrom, String... statements) {
    return List.of(
        SQLITE.migrations(TABLES).get(0),
        SQLITE.migrations(TABLES).get(1),
        new Migration(3, readableFrom, List.of(statements)));
  }

  private String migrate(List<Migration> steps) throws Exception {
    SQLiteConfig config = new SQLiteConfig();
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(10_000);
    Connection connection = config.createConnection("jdbc:sqlite:" + db.file);
    try (Session session = Session.onlyUseOf(connection)) {
      return new Schema(SQLITE, TABLES, steps)
          .migrate(session, VersionMode.ENGINE)
          .get(Meta.FORMAT);
    }
  }
}
