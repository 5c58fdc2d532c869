// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "at mysql://u:p@h:1/db, no|at mysql://(hidden)@h:1/db, no",
        "jdbc:mariadb://u:p/q@r@h/db|jdbc:mariadb://(hidden)@h/db",
        "'redis://:p@h' and 'rediss://u:p@h'|'redis://(hidden)@h' and 'rediss://(hidden)@h'",
        "jdbc:mysql://h/db?user=u&password=p&x=1|jdbc:mysql://h/db?user=u&password=(hidden)&x=1",
        "h?Pwd=p;token=q|h?Pwd=(hidden);token=(hidden)",
      })
  void areHidden(String text, String expected) {
    assertThat(Secrets.hide(text)).isEqualTo(expected);
  }

  @Test
  void otherTextStays() {
    String text = "line 1 refused: no password; sqlite://a/b.db and an@id in api.@@iterator";

    assertThat(Secrets.hide(text)).isEqualTo(text);
  }
}
