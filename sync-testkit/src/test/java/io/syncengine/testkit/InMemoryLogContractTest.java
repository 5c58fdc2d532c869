// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.WriteAheadLog;

class InMemoryLogContractTest extends WriteAheadLogContract {
  private final WriteAheadLog shared = new InMemoryLog();

  @Override
  protected WriteAheadLog newLog() {
    return shared;
  }
}
