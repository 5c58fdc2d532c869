// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MySqlUrlTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "mysql://u:p@h/d, MYSQL, h, d, u, p",
        "mariadb://u:p@h:3307/d, MARIADB, h:3307, d, u, p",
        "jdbc:mysql://h/d, MYSQL, h, d, -, -",
        "jdbc:mariadb://u@h/d, MARIADB, h, d, u, -",
        "MySQL://u:p%40ss%2Fw%3A%25rd+x@h/d, MYSQL, h, d, u, p@ss/w:%rd+x",
        "mysql://u:a:b@h/d, MYSQL, h, d, u, a:b",
        "mysql://%C3%BC:%C3%A9@h/d%20e, MYSQL, h, d e, ü, é",
        "mysql://u:p@[::1]:3306/d, MYSQL, [::1]:3306, d, u, p",
        "jdbc:mysql://h/d?user=u&password=p%26q, MYSQL, h, d, u, p&q",
        "mysql://u:p@one:1/d?sslMode=REQUIRED, MYSQL, one:1, d, u, p",
      })
  void partsAreDecoded(
      String url, ServerDriver namesake, String hosts, String db, String user, String password) {
    MySqlUrl parsed = MySqlUrl.of(url);

    assertThat(parsed.namesake()).isEqualTo(namesake);
    assertThat(parsed.hosts()).isEqualTo(hosts);
    assertThat(parsed.database()).isEqualTo(db);
    assertThat(parsed.options().get("user")).isEqualTo(user);
    assertThat(parsed.options().get("password")).isEqualTo(password);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql:",
        "mysql://",
        "mysql:secret",
        "mysql://u:secret@h",
        "mysql://u:secret@h/",
        "mysql://u:sec@ret@h/d",
        "mysql://u:sec/ret@h/d",
        "mysql://u:sec#ret@h/d",
        "mysql://u:secret%@h/d",
        "mysql://u:%zzsecret@h/d",
        "mysql://u:secret@h/d/e",
        "mysql://u:secret@h/d?option",
        "mysql://u:secret@(host=h)/d",
        "jdbc:mysql:loadbalance://u:secret@h/d",
      })
  void whatIsNotCompleteIsRefusedWithoutAWordOfIt(String url) {
    assertThatThrownBy(() -> MySqlUrl.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the URL")
        .hasNoCause()
        .message()
        .doesNotContain("sec", "zz");
  }

  @Test
  void otherDatabasesAreNotTaken() {
    assertThat(MySqlUrl.of("sqlite:mysql")).isNull();
    assertThat(MySqlUrl.of("jdbc:postgresql://h/d")).isNull();
  }

  @Test
  void itHasNoSecretsForALogLine() {
    MySqlUrl url = MySqlUrl.of("mysql://u:secret@h/d");

    assertThat(url.toString()).doesNotContain("secret");
    assertThat(url.subject()).doesNotContain("secret");
    assertThat(ServerDriver.MYSQL.url(url)).isEqualTo("jdbc:mysql://h/d");
    assertThat(ServerDriver.MARIADB.url(url)).isEqualTo("jdbc:mariadb://h/d");
  }

  @Test
  void optionsPassThroughOverDefaultsButNotOverWhatWouldTearATransaction() {
    MySqlUrl url =
        MySqlUrl.of("mysql://h/d?connectTimeout=7&autoReconnect=true&serverTimezone=UTC");

    Properties p = ServerDriver.MYSQL.properties(url, Duration.ofSeconds(3));

    assertThat(p)
        .containsAllEntriesOf(
            Map.of(
                "connectTimeout", "7",
                "socketTimeout", "3000",
                "autoReconnect", "false",
                "serverTimezone", "UTC"));
  }

  @ParameterizedTest
  @CsvSource({
    "DISABLED, DISABLED, disable",
    "preferred, PREFERRED, disable",
    "REQUIRED, REQUIRED, trust",
    "trust, REQUIRED, trust",
    "verify-ca, VERIFY_CA, verify-ca",
    "VERIFY_IDENTITY, VERIFY_IDENTITY, verify-full",
    "verify-full, VERIFY_IDENTITY, verify-full",
  })
  void theModeOfTlsIsInEachDriversWords(String mode, String mysql, String mariaDb) {
    MySqlUrl url = MySqlUrl.of("mysql://h/d?sslMode=" + mode);

    assertThat(ServerDriver.MYSQL.properties(url, Duration.ofSeconds(1)))
        .containsEntry("sslMode", mysql);
    assertThat(ServerDriver.MARIADB.properties(url, Duration.ofSeconds(1)))
        .containsEntry("sslMode", mariaDb);
  }

  @Test
  void anUnknownModeOfTlsIsRefused() {
    MySqlUrl url = MySqlUrl.of("mysql://h/d?sslMode=yes");

    assertThatThrownBy(() -> ServerDriver.MYSQL.properties(url, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("VERIFY_IDENTITY");
  }
}
