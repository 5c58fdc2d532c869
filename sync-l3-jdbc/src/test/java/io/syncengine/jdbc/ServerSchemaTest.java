// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.model.VersionMode;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the tables are in MySQL and MariaDB, and how they come to be. */
class ServerSchemaTest {
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

    @Test
    void aNewDatabaseTellsWhatItIs() {
      JdbcTier tier = new JdbcTier();
      String id = tier.open(db.config.withVersionMode(VersionMode.CALLER)).databaseId();
      tier.close();

      assertThat(db.query("SELECT CONVERT(CONCAT(name, '=', value) USING utf8mb4) FROM meta"))
          .containsExactlyInAnyOrder(
              "codec=none",
              "database_id=" + id,
              "format=2",
              "generation=1",
              "id_hash=xxh64",
              "merge=lww",
              "purge_horizon=0",
              "readable_from=1",
              "version_mode=caller");
    }

    @Test
    void theTablesStateWhatAServersDefaultsCouldSpoil() {
      db.admin("ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci");
      db.open().close();

      for (String name : List.of("items", "changes", "head", "meta", "digests", "readers")) {
        String ddl = ddl(name);
        assertThat(ddl).contains("ENGINE=InnoDB", "ROW_FORMAT=DYNAMIC", "CHARSET=utf8mb4");
        assertThat(ddl).containsIgnoringCase("COMMENT='io.syncengine'");
      }
      assertThat(ddl("items"))
          .containsIgnoringCase("`id` varbinary(512) NOT NULL")
          .containsIgnoringCase("`content` longblob")
          .containsIgnoringCase("KEY `buckets` (`dead_since`,`bucket`)");
    }

    private String ddl(String table) {
      try (Connection c = db.database.connect();
          var s = c.createStatement();
          ResultSet rs = s.executeQuery("SHOW CREATE TABLE " + table)) {
        assertThat(rs.next()).isTrue();
        return rs.getString(2);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    @Test
    void namespacesStandBesideEachOtherAndThoseOfAnotherProgram() {
      db.sql("CREATE TABLE users (name TEXT)");
      JdbcTier plain = db.open();
      JdbcTier demo = db.open(db.config.withNamespace("demo").withVersionMode(VersionMode.CALLER));

      plain.apply(List.of(value("a", 1, "plain")));

      assertThat(demo.load(List.of("a")).found()).isEmpty();
      assertThat(db.query("SHOW TABLES"))
          .containsExactlyInAnyOrder(
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
              "readers",
              "users");
    }

    @Test
    void manyThatStartAtOnceMakeOneDatabase() throws Exception {
      List<String> ids =
          AtOnce.run(
              5,
              n -> {
                JdbcTier tier = new JdbcTier();
                String id = tier.open(db.config.withInstanceId("i" + n)).databaseId();
                tier.apply(List.of(value("id" + n, 1, "x")));
                tier.close();
                return id;
              });

      assertThat(ids).hasSize(5).containsOnly(ids.get(0));
      assertThat(db.query("SELECT count(*) FROM items")).containsExactly("5");
      assertThat(db.query("SELECT sequence FROM head")).containsExactly("5");
    }

    @Test
    void aLaterStepIsDoneOnceByManyAtOnceAndKeepsTheData() throws Exception {
      JdbcTier tier = db.open();
      tier.apply(List.of(value("a", 1, "x")));
      List<Migration> more = withStep3("ALTER TABLE items ADD COLUMN extra TEXT");

      List<String> formats = AtOnce.run(4, n -> migrate(more));

      assertThat(formats).containsOnly("3");
      assertThat(db.query("SELECT count(*) FROM items WHERE extra IS NULL")).containsExactly("1");
    }

    /** Each statement of the step commits, so that a crash may come after any of them. */
    @Test
    void theFirstStepsAreFinishedWhereverTheyBroke() {
      List<String> statements = allStatements();
      for (int done = 1; done <= statements.size(); done++) {
        db.sql(statements.subList(0, done).toArray(String[]::new));

        JdbcTier tier = new JdbcTier();
        tier.open(db.config);
        assertThat(tier.apply(List.of(value("a", 1, "x"))).row().sequence()).isEqualTo(1);
        tier.close();
        db.database.wipe();
      }
    }

    @Test
    void aHalfMadeDatabaseIsNotReadAndNotRefusedAsAnothers() {
      db.sql(db.dialect.migrations(TABLES).get(0).statements().get(0));

      assertThat(db.refused(db.config.withReadOnly(true)))
          .hasMessageContaining("no tables of this namespace");
    }

    @Test
    void aLaterStepIsFinishedWhereItBroke() throws Exception {
      db.open().close();
      List<Migration> more =
          withStep3(
              "ALTER TABLE items ADD COLUMN extra TEXT", "CREATE INDEX extra ON items (bucket)");
      db.sql(more.get(2).statements().get(0));

      assertThat(migrate(more)).isEqualTo("3");

      assertThat(db.query("SHOW INDEX FROM items WHERE Key_name = 'extra'")).hasSize(1);
    }

    @Test
    void aStepThatFailsIsNotTakenForDone() {
      db.open().close();
      List<Migration> broken = withStep3("ALTER TABLE items ADD COLUMN extra TEXT", "NO SQL");

      assertThatThrownBy(() -> migrate(broken)).isInstanceOf(SQLException.class);

      assertThat(db.query("SELECT CONVERT(value USING utf8mb4) FROM meta WHERE name = 'format'"))
          .containsExactly("2");
      db.open().close();
    }

    @Test
    void anotherInstanceThatMakesTablesIsWaitedForWithinTheTimeOut() throws SQLException {
      try (Connection c = db.database.connect()) {
        Dialect.Restore unlock = db.dialect.lockSchema(c, TABLES, java.time.Duration.ofSeconds(4));

        assertThatThrownBy(
                () -> db.open(db.config.withRequestTimeout(java.time.Duration.ofSeconds(2))))
            .isInstanceOfSatisfying(TierException.class, e -> assertThat(e.retryable()).isTrue());
        unlock.run();
      }
      db.open();
    }

    /** What the message says is what somebody with the right has to run. */
    @Test
    void aUserWithoutTheRightToMakeTablesIsToldWhatToRun() {
      db.admin(
          "REVOKE ALL PRIVILEGES, GRANT OPTION FROM '" + db.database.user() + "'@'%'",
          "GRANT SELECT, INSERT, UPDATE, DELETE ON "
              + db.database.database()
              + ".* TO '"
              + db.database.user()
              + "'@'%'");

      TierException e = db.refused(db.config);

      assertThat(e).hasMessageContaining("may not make or change tables");
      Matcher run = Pattern.compile("may run: (.*)$").matcher(e.getMessage());
      assertThat(run.find()).isTrue();
      String[] statements = run.group(1).split(";");
      assertThat(statements).hasSize(allStatements().size());
      db.admin(statements);
      assertThat(db.open().apply(List.of(value("a", 1, "x"))).row().sequence()).isEqualTo(1);
    }

    private List<String> allStatements() {
      return db.dialect.migrations(TABLES).stream().flatMap(m -> m.statements().stream()).toList();
    }

    private List<Migration> withStep3(String... statements) {
      return List.of(
          db.dialect.migrations(TABLES).get(0),
          db.dialect.migrations(TABLES).get(1),
          new Migration(3, 1, List.of(statements)));
    }

    private String migrate(List<Migration> steps) throws SQLException, Refusal {
      try (Connection connection = db.database.connect();
          Session session = Session.onlyUseOf(connection)) {
        return new Schema(db.dialect, TABLES, steps)
            .migrate(session, VersionMode.ENGINE)
            .get(Meta.FORMAT);
      }
    }
  }
}
