// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HybridBatcherTest {
  private final HybridBatcher batcher = new HybridBatcher(10, 1000, 500);

  @Test
  void aBatchIsDueByCountBytesOrTime() {
    assertThat(batcher.nanosUntilFlush(9, 999, 0)).isEqualTo(500);
    assertThat(batcher.nanosUntilFlush(9, 999, 200)).isEqualTo(300);
    assertThat(batcher.nanosUntilFlush(10, 0, 0)).isZero();
    assertThat(batcher.nanosUntilFlush(1, 1000, 0)).isZero();
    assertThat(batcher.nanosUntilFlush(1, 1, 500)).isNotPositive();
    assertThat(batcher.nanosUntilFlush(1, 1, 900)).isNotPositive();
    assertThat(batcher.maxCount()).isEqualTo(10);
    assertThat(batcher.maxBytes()).isEqualTo(1000);
  }
}
