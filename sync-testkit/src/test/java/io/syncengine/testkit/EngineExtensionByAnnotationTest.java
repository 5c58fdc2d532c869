// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.FaultyTier.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EngineExtension.class)
class EngineExtensionByAnnotationTest {
  @Test
  void partsAreParameters(SyncEngine engine, ManualTime time, FaultyTier groundTruth) {
    engine.submit(SyncItem.of("a", "1"));
    assertThat(groundTruth.calls(Operation.APPLY)).isZero();

    time.advance(engine.config().batchFlushInterval());

    assertThat(engine.flush().complete()).isTrue();
    assertThat(groundTruth.calls(Operation.APPLY)).isEqualTo(1);
  }

  @Test
  void eachTestHasAnEngineOfItsOwn(SyncEngine engine) {
    assertThat(engine.get("a")).isEmpty();
    assertThat(engine.submit(SyncItem.of("b", "1")).reached()).isEqualTo(Ack.MEMORY);
  }
}
