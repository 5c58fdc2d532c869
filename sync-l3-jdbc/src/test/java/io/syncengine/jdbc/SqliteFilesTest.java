// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.IdRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database's files: their modes, and what a reader leaves of them. */
class SqliteFilesTest {
  @TempDir Path folder;
  private SqliteFixture db;

  @BeforeEach
  void setUp() {
    db = new SqliteFixture(folder);
  }

  @Test
  void allFilesAreForTheirOwnerAlone() throws Exception {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));

    assertThat(db.files()).containsOnlyKeys("l3.db", "l3.db-wal", "l3.db-shm");
    for (String name : db.files().keySet()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
          .as(name)
          .isEqualTo("rw-------");
    }
    tier.close();
    assertThat(db.files()).containsOnlyKeys("l3.db");
  }

  @Test
  void missingFoldersAreMade() {
    SqliteFixture deep = new SqliteFixture(folder.resolve("a/b"));
    deep.open().close();
    assertThat(deep.file).isRegularFile();
  }

  @Test
  void aLinkToAFolderIsAFolder() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.createSymbolicLink(folder.resolve("link"), real);
    new SqliteFixture(folder.resolve("link")).open().close();
    assertThat(real.resolve("l3.db")).isRegularFile();
  }

  @Test
  void aPathWithCharactersThatUrlsEscapeIsTakenLiterally() {
    SqliteFixture odd = new SqliteFixture(folder.resolve("100% a#b&c=\u00e9"));
    JdbcTier tier = odd.open();
    tier.apply(List.of(value("a", 1, "x")));
    tier.close();

    assertThat(odd.file).isRegularFile();
    JdbcTier reader = odd.open(odd.config.withReadOnly(true));
    assertThat(reader.load(List.of("a")).found()).hasSize(1);
    reader.close();
  }

  @Test
  void aReaderOfAFileAtRestLeavesNothing() {
    JdbcTier writer = db.open();
    writer.apply(List.of(value("a", 1, "x"), value("b", 1, "y")));
    writer.close();
    Map<String, String> before = db.files();

    JdbcTier reader = db.open(db.config.withReadOnly(true));
    assertThat(reader.load(List.of("a")).found()).hasSize(1);
    assertThat(reader.scan(IdRange.ALL, null, 10)).hasSize(2);
    assertThat(reader.poll(1, 10).rows()).hasSize(1);
    assertThat(db.files()).isEqualTo(before);
    reader.close();

    assertThat(db.files()).isEqualTo(before);
  }

  @Test
  void aReaderBesideAWriterSeesEachCommit() {
    JdbcTier writer = db.open();
    writer.apply(List.of(value("a", 1, "x")));
    JdbcTier reader = db.open(db.config.withReadOnly(true));

    for (int version = 2; version < 20; version++) {
      writer.apply(List.of(value("a", version, "x")));
      assertThat(reader.load(List.of("a")).found().get("a").version()).isEqualTo(version);
    }
    reader.close();
    writer.close();
  }

  @Test
  void aReaderThatWasThereBeforeTheWriterSeesEachCommit() {
    db.open().close();
    JdbcTier reader = db.open(db.config.withReadOnly(true));
    assertThat(reader.load(List.of("a")).found()).isEmpty();

    JdbcTier writer = db.open();
    for (int version = 1; version < 20; version++) {
      writer.apply(List.of(value("a", version, "x")));
      assertThat(reader.load(List.of("a")).found().get("a").version()).isEqualTo(version);
    }
    writer.close();
    assertThat(reader.load(List.of("a")).found().get("a").version()).isEqualTo(19);
    reader.close();
  }

  @Test
  void aReaderNeedsNoRightToWriteTheFolder() throws Exception {
    JdbcTier writer = db.open();
    writer.apply(List.of(value("a", 1, "x")));
    writer.close();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(folder), "root may write everywhere");
      JdbcTier reader = db.open(db.config.withReadOnly(true));
      assertThat(reader.load(List.of("a")).found()).hasSize(1);
      reader.close();
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** SQLite would write on into the removed file, and all of it would be gone at close. */
  @Test
  void nothingIsWrittenToAFileThatWasRemoved() throws Exception {
    JdbcTier tier = db.open();
    tier.apply(List.of(value("a", 1, "x")));
    Files.delete(db.file);

    assertThatThrownBy(() -> tier.apply(List.of(value("b", 1, "x"))))
        .isInstanceOf(TierUnavailableException.class);
    tier.close();
  }
}
