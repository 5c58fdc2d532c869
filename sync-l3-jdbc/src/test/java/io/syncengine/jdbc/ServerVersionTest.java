// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVersionTest {
  @ParameterizedTest
  @CsvSource({
    "8.0.31, MySQL, MySQL 8.0.31",
    "8.0.36-28, MySQL, MySQL 8.0.36-28",
    "8.0.mysql_aurora.3.04.0, MySQL, MySQL 8.0.mysql_aurora.3.04.0",
    "9.4.0-commercial, MySQL, MySQL 9.4.0-commercial",
    "10.6.21-MariaDB, MariaDB, MariaDB 10.6.21",
    "5.5.5-10.11.6-MariaDB-log, MariaDB, MariaDB 5.5.5-10.11.6-log",
    "11.4.5-MariaDB, MariaDB, MariaDB 11.4.5",
    "12.0.2-MariaDB-ubu2404, MariaDB, MariaDB 12.0.2-ubu2404",
  })
  void itTellsTheDialect(String text, String dialect, String description) throws Refusal {
    ServerVersion version = ServerVersion.of(text);

    assertThat(version.dialect().name()).isEqualTo(dialect);
    assertThat(version.description()).isEqualTo(description);
  }

  @ParameterizedTest
  @CsvSource({
    "5.7.44-log, MySQL 5.7",
    "10.5.27-MariaDB, MariaDB 10.5",
    "5.5.5-10.4.34-MariaDB, MariaDB 10.4",
    "8.0.11-TiDB-v7.5.0, neither MySQL nor MariaDB",
    "8.0.30-Vitess, neither MySQL nor MariaDB",
    "something, neither MySQL nor MariaDB",
  })
  void whatIsTooOldOrAnotherProductIsRefused(String text, String says) {
    assertThatThrownBy(() -> ServerVersion.of(text))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(says)
        .hasMessageContaining("MySQL 8.0 or MariaDB 10.6");
  }
}
