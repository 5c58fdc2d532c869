// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.time.Duration;

/** MySQL, 8.0 or later (JSON_TABLE). */
final class MySqlDialect extends MySqlFamily {
  @Override
  public String name() {
    return "MySQL";
  }

  @Override
  SessionSettings settings(boolean writing, Duration timeout) {
    SessionSettings common = super.settings(writing, timeout);
    return writing ? common : common.with("max_execution_time", Math.max(1, timeout.toMillis()));
  }
}
