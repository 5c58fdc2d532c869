// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.SyncItem;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What went wrong with reads that wait and reads that compute. */
class ReadRegressionTest extends Rig {
  private static final int MANY = 200_000;

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
