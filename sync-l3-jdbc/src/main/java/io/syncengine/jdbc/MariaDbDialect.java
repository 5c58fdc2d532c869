// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.math.BigDecimal;
import java.time.Duration;

/** MariaDB, 10.6 or later (JSON_TABLE). */
final class MariaDbDialect extends MySqlFamily {
  @Override
  public String name() {
    return "MariaDB";
  }

  @Override
  SessionSettings settings(boolean writing, Duration timeout) {
    SessionSettings common = super.settings(writing, timeout);
    return writing
        ? common.with("idle_transaction_timeout", seconds(timeout))
        : common.with(
            "max_statement_time",
            BigDecimal.valueOf(Math.max(1, timeout.toMillis()), 3).toPlainString());
  }
}
