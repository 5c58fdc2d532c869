// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Batcher;
import io.syncengine.spi.BatcherProvider;
import java.util.ServiceLoader;

/** The core's batcher, as an engine finds it. */
class HybridBatcherContractTest extends BatcherContract {
  @Override
  protected Batcher newBatcher(BatcherProvider.Config config) {
    return ServiceLoader.load(BatcherProvider.class).findFirst().orElseThrow().create(config);
  }
}
