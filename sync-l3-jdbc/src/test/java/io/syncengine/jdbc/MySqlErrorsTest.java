// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Only what an item can be blamed for is refused: everything else would make dead letters of all.
 */
class MySqlErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "1213, 40001, CONTENDED",
    "1205, HY000, CONTENDED",
    "1020, HY000, CONTENDED",
    "1406, 22001, REFUSED",
    "1366, HY000, UNAVAILABLE",
    "1644, 45000, REFUSED",
    "1153, 08S01, REFUSED",
    "4025, 23000, REFUSED",
    "1062, 23000, UNAVAILABLE",
    "1146, 42S02, UNAVAILABLE",
    "1114, HY000, UNAVAILABLE",
    "1040, 08004, UNAVAILABLE",
    "0, 08S01, UNAVAILABLE",
    "1142, 42000, DENIED",
    "1290, HY000, READ_ONLY",
    "1712, HY000, CORRUPT",
  })
  void whatANumberMeans(int code, String state, Failure failure) {
    assertThat(MySqlErrors.classify(new SQLException("", state, code))).isEqualTo(failure);
  }
}
