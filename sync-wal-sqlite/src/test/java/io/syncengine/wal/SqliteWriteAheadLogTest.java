// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.WriteAheadLogContract;

class SqliteWriteAheadLogTest extends WriteAheadLogContract {
  @Override
  protected WriteAheadLog newLog() {
    return new SqliteWriteAheadLogProvider().create();
  }
}
