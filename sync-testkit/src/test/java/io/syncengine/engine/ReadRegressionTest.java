// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.testkit.FaultyTier.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What went wrong with reads that wait and reads that compute. */
class ReadRegressionTest extends Rig {
  private static final int MANY = 200_000;

  @Test
  void getAsyncQueuedReadsWithoutABoundBehindATierThatHung() {
    SyncEngine engine = open(builder());
    truth.hang(Operation.LOAD);
    List<CompletableFuture<Optional<SyncItem>>> reads = new ArrayList<>();
    CompletableFuture<Optional<SyncItem>> last;
    do {
      last = engine.getAsync("k." + reads.size());
      reads.add(last);
    } while (!last.isDone() && reads.size() < MANY);
    CompletableFuture<Optional<SyncItem>> refused = last;
    assertThat(refused).isDone();
    assertThatThrownBy(() -> result(refused)).isInstanceOf(TierUnavailableException.class);
    truth.heal();
    for (CompletableFuture<Optional<SyncItem>> read : reads.subList(0, reads.size() - 1)) {
      assertThat(result(read)).isEmpty();
    }
  }

  @Test
  void getOrComputeOfAnIdInsideItsOwnFunctionHung() {
    SyncEngine engine = open(builder());
    CompletableFuture<SyncItem> outer =
        begin(
            () ->
                engine.getOrCompute(
                    "x", id -> engine.getOrCompute(id, other -> SyncItem.of(other, "inner"))));
    assertThatThrownBy(() -> result(outer)).isInstanceOf(IllegalStateException.class);
    assertThat(engine.getOrCompute("x", id -> SyncItem.of(id, "1")).contentAsString())
        .isEqualTo("1");
  }

  @Test
  void getOrComputeInsideTheFunctionOfAnotherIdIsAllowed() {
    SyncEngine engine = open(builder());
    SyncItem outer =
        engine.getOrCompute(
            "x",
            id -> {
              SyncItem y = engine.getOrCompute("y", other -> SyncItem.of(other, "1"));
              return SyncItem.of(id, y.content());
            });
    assertThat(outer.contentAsString()).isEqualTo("1");
  }

  @Test
  void getOrComputeWroteMoreThanTheLargestContent() {
    SyncEngine engine = open(builder().maxContentBytes(10));
    assertThatThrownBy(() -> engine.getOrCompute("x", id -> SyncItem.of(id, "12345678901")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(engine.get("x")).isEmpty();
    assertThat(engine.getOrCompute("x", id -> SyncItem.of(id, "1234567890"))).isNotNull();
  }
}
