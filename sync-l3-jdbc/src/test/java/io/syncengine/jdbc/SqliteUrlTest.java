// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteUrlTest {
  @ParameterizedTest
  @CsvSource({
    "sqlite:l3.db, l3.db",
    "sqlite:./a/l3.db, ./a/l3.db",
    "sqlite:/a/l3.db, /a/l3.db",
    "sqlite://a/l3.db, a/l3.db",
    "sqlite:///a/l3.db, /a/l3.db",
    "SQLITE:l3.db, l3.db",
    "jdbc:sqlite:/a/l3.db, /a/l3.db",
    "sqlite:/with space/100%/#1.db, /with space/100%/#1.db",
  })
  void aPathIsTakenLiterally(String url, String path) {
    assertThat(SqliteUrl.path(url)).isEqualTo(Path.of(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sqlite:",
        "sqlite://",
        "sqlite:  ",
        "sqlite::memory:",
        "sqlite:file:x.db",
        "sqlite:x.db?mode=ro",
        "jdbc:sqlite:",
        "jdbc:sqlite::resource:x.db",
        "sqlite:a\0b"
      })
  void whatIsNoPathToAFileIsRefused(String url) {
    assertThatThrownBy(() -> SqliteUrl.path(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("URL");
  }

  @Test
  void otherDatabasesAreNotTaken() {
    assertThat(SqliteUrl.path("jdbc:mysql://h/d")).isNull();
    assertThat(SqliteUrl.path("mysql://h/d")).isNull();
  }
}
