// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VersionMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be opened: one line that says what and what to do, and nothing is written. */
class SqliteRefusalTest {
  @TempDir Path folder;
  private SqliteFixture db;

  @BeforeEach
  void setUp() {
    db = new SqliteFixture(folder);
  }

  @Test
  void aFileThatIsNoDatabase() throws Exception {
    Files.writeString(
        db.file, "This is a letter, and longer than the header of a database. ".repeat(50));
    assertRefused("is not a SQLite database", "choose another path");
  }

  @Test
  void aFolderInsteadOfAFile() throws Exception {
    Files.createDirectory(db.file);
    assertRefused("is a folder", "name a file in it");
  }

  @Test
  void aFileInsteadOfAFolder() throws Exception {
    Files.writeString(folder.resolve("plain"), "x");
    SqliteFixture inside = new SqliteFixture(folder.resolve("plain"));
    assertThat(inside.refused(inside.config)).hasMessageContaining("choose another path");
  }

  /** The rights of files do not bind root; there these are skipped. */
  @Test
  void aFolderInWhichNoFileCanBeMade() throws Exception {
    withoutWrite(folder, () -> assertRefused("cannot be made", "make its folder writable"));
  }

  @Test
  void aFileThatCannotBeWritten() throws Exception {
    db.open().close();
    withoutWrite(db.file, () -> assertRefused("cannot be written", "open it read-only"));
  }

  @Test
  void aFolderThatCannotBeWritten() throws Exception {
    db.open().close();
    withoutWrite(folder, () -> assertRefused("SQLite keeps files beside it", "open the database"));
  }

  private static void withoutWrite(Path path, Runnable test) throws Exception {
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(path));
      test.run();
    } finally {
      Files.setPosixFilePermissions(path, before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE items (id INTEGER, price REAL)",
        "CREATE TABLE meta (name TEXT, value TEXT, owner TEXT)",
        "CREATE TABLE head (head TEXT)",
        "CREATE TABLE meta (name TEXT, value TEXT)",
        "CREATE VIEW changes AS SELECT 1 AS sequence",
      })
  void aTableOfAnotherProgram(String ddl) {
    db.sql(ddl);
    assertRefused("another program made", "choose another namespace or database");
    db.open(db.config.withNamespace("mine")).close();
  }

  @Test
  void aNewerFormat() {
    db.open().close();
    db.sql("UPDATE meta SET value = '9' WHERE name IN ('format', 'readable_from')");
    assertRefused("newer release (format 9, this one knows 2)", "use that release");
  }

  @Test
  void theOtherVersionMode() {
    db.open().close();
    Map<String, String> before = db.files();
    assertThat(db.refused(db.config.withVersionMode(VersionMode.CALLER)))
        .hasMessageContaining("version_mode=engine")
        .hasMessageContaining("another database or namespace");
    assertThat(db.files()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "id_hash, crc32, use the release that wrote it",
    "codec, zstd, sync-compression",
    "merge, crdt, sync-crdt",
    "codec, brotli, use the release that wrote it",
  })
  void whatThisEngineLacks(String name, String value, String advice) {
    db.open().close();
    db.sql("UPDATE meta SET value = '" + value + "' WHERE name = '" + name + "'");
    assertRefused(name + "=" + value, advice);
  }

  @Test
  void aTextEncodingThatOrdersIdsOtherwise() {
    db.sql("PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t (x TEXT)");
    assertRefused("encoding is not UTF-8", "a database file of its own");
  }

  @Test
  void aMissingFileThatIsToBeRead() {
    assertThat(db.refused(db.config.withReadOnly(true)))
        .hasMessageContaining("there is no database file")
        .hasMessageContaining("check the path");
    assertThat(db.files()).isEmpty();
  }

  @Test
  void aFileWithoutOurTablesThatIsToBeRead() {
    db.sql("CREATE TABLE t (x TEXT)");
    Map<String, String> before = db.files();
    assertThat(db.refused(db.config.withReadOnly(true)))
        .hasMessageContaining("no tables of this namespace");
    assertThat(db.files()).isEqualTo(before);
  }

  @Test
  void aUrlWithoutADialectKeepsItsSecrets() {
    assertThat(db.refused(db.config.withUrl("jdbc:postgresql://u:secret@h/d")))
        .hasMessageContaining("use mysql:, mariadb: or sqlite:")
        .message()
        .doesNotContain("secret");
    assertThat(db.refused(db.config.withUrl(null))).hasMessageContaining("set sql_url");
    assertThat(db.refused(db.config.withUrl("sqlite::memory:"))).hasMessageContaining("memory:");
  }

  @Test
  void optionsAndNamespacesThatAreNotAllowed() {
    assertThatThrownBy(() -> db.open(db.config.withProperties(Map.of("readers", "0"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 64");
    assertThatThrownBy(() -> db.open(db.config.withNamespace("a\"; DROP TABLE x --")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(db.files()).isEmpty();
  }

  @Test
  void aDatabaseThatIsLockedIsUnavailableAndNotRefused() throws Exception {
    try (Connection c = db.connect();
        Statement s = c.createStatement()) {
      s.execute("BEGIN EXCLUSIVE");
      s.execute("CREATE TABLE t (x)");
      assertThatThrownBy(() -> db.open(db.config.withRequestTimeout(Duration.ofMillis(300))))
          .isInstanceOf(TierUnavailableException.class);
      s.execute("COMMIT");
    }
    db.open().close();
  }

  private void assertRefused(String what, String todo) {
    Map<String, String> before = Files.isDirectory(db.file) ? Map.of() : db.files();
    assertThat(db.refused(db.config)).hasMessageContaining(what).hasMessageContaining(todo);
    assertThat(Files.isDirectory(db.file) ? Map.of() : db.files()).isEqualTo(before);
  }
}
