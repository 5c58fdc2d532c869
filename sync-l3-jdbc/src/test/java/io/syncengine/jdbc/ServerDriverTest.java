// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.ProviderResolutionException;
import java.sql.Driver;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which of the two drivers is taken; both are there in these tests. */
class ServerDriverTest {
  private final Map<ServerDriver, Driver> both = there(ServerDriver.MYSQL, ServerDriver.MARIADB);

  @Test
  void theNamesakeOfTheUrlIsTakenFirst() {
    for (ServerDriver kind : ServerDriver.values()) {
      assertThat(ServerDriver.find(kind, null).kind()).isEqualTo(kind);
    }
  }

  @Test
  void theOtherServesAsWell() {
    assertThat(ServerDriver.choose(ServerDriver.MYSQL, null, there(ServerDriver.MARIADB)).kind())
        .isEqualTo(ServerDriver.MARIADB);
  }

  @Test
  void aWishComesBeforeTheUrl() {
    assertThat(ServerDriver.choose(ServerDriver.MYSQL, "MariaDB", both).kind())
        .isEqualTo(ServerDriver.MARIADB);
    assertThatThrownBy(() -> ServerDriver.choose(ServerDriver.MYSQL, "oracle", both))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mysql or mariadb");
  }

  @Test
  void withoutADriverTheArtifactsAreNamed() {
    assertThatThrownBy(() -> ServerDriver.choose(ServerDriver.MARIADB, null, Map.of()))
        .isInstanceOf(ProviderResolutionException.class)
        .hasMessageContaining("add org.mariadb.jdbc:mariadb-java-client")
        .hasMessageContaining("com.mysql:mysql-connector-j");
    assertThatThrownBy(
            () -> ServerDriver.choose(ServerDriver.MARIADB, "mysql", there(ServerDriver.MARIADB)))
        .isInstanceOf(ProviderResolutionException.class)
        .hasMessageContaining("add com.mysql:mysql-connector-j");
  }

  private static Map<ServerDriver, Driver> there(ServerDriver... kinds) {
    Map<ServerDriver, Driver> drivers = new EnumMap<>(ServerDriver.class);
    for (ServerDriver kind : kinds) {
      drivers.put(kind, ServerDriver.find(kind, null).driver());
    }
    return drivers;
  }
}
