// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.FaultyTier.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** P8: a sick tier does not make the engine sick. */
class P8SickTierTest extends Promise {
  private void failOften(SyncEngine engine) {
    truth.failAll();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> engine.get("unknown")).isInstanceOf(TierUnavailableException.class);
    }
  }

  @Test
  void aTierThatFailsTooOftenIsNotAskedForAWhile() {
    SyncEngine engine = open(withLog());
    failOften(engine);
    long calls = truth.calls(Operation.LOAD);
    assertThatThrownBy(() -> engine.get("unknown"))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("failed too often");
    assertThat(truth.calls(Operation.LOAD)).isEqualTo(calls);
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(engine.health().reasons().toString())
        .containsPattern("circuit breaker is OPEN; the next try may be made in [1-9]\\d* ms");
    assertThat(engine.submit(SyncItem.of("x", "1")).reached()).isEqualTo(Ack.LOGGED);
    assertThat(text(engine, "x")).isEqualTo("1");
  }

  @Test
  void itIsAskedAgainByItself() {
    SyncEngine engine = open(withLog());
    failOften(engine);
    engine.submit(SyncItem.of("x", "1"));
    truth.heal();
    turnUntil("the breaker closes", () -> engine.health().status() == Health.Status.UP);
    turnUntil("what waited is stored", () -> "1".equals(rowText("x")));
    assertThat(engine.get("unknown")).isEmpty();
  }

  @Test
  void whatATierRefusesIsNoFailureOfIt() {
    SyncEngine engine = open(withLog());
    truth.refuseIds(id -> id.startsWith("bad"), Refusal.BATCH);
    for (int i = 0; i < 30; i++) {
      engine.submit(SyncItem.of("bad." + i, "1"));
    }
    assertThat(engine.flush().complete()).isTrue();
    assertThat(engine.deadLetters().count()).isEqualTo(30);
    assertThat(engine.health().reasons().toString()).doesNotContain("breaker");
    assertThat(engine.get("unknown")).isEmpty();
  }

  @Test
  void aReadThatFailsIsTriedAgain() {
    SyncEngine engine = open(withLog().queryTries(3));
    truth.failNext(2, Operation.LOAD);
    CompletableFuture<Optional<SyncItem>> read =
        CompletableFuture.supplyAsync(() -> engine.get("unknown"));
    turnUntil("the third try", read::isDone);
    assertThat(read.join()).isEmpty();
    assertThat(truth.calls(Operation.LOAD)).isEqualTo(3);
  }

  @Test
  void aStartWithoutALogTriesForAWhile() {
    truth.failNext(2, Operation.OPEN);
    SyncEngine engine = SyncEngine.create(withoutLog().startupTries(3).build());
    CompletableFuture<Void> start = CompletableFuture.runAsync(engine::start);
    turnUntil("the third try", start::isDone);
    start.join();
    assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
    engine.close();
  }

  @Test
  void aStartWithoutALogGivesUpInTheEnd() {
    truth.failAll(Operation.OPEN);
    SyncEngine engine = SyncEngine.create(withoutLog().startupTries(3).build());
    CompletableFuture<Void> start = CompletableFuture.runAsync(engine::start);
    turnUntil("the third try", start::isDone);
    assertThat(failure(start)).isInstanceOf(TierUnavailableException.class);
    assertThat(truth.calls(Operation.OPEN)).isEqualTo(3);
    assertThat(engine.state()).isEqualTo(EngineState.FAILED);
  }

  @Test
  void aWriteThatWaitsTooLongIsReported() {
    SyncEngine engine = open(withLog().pendingMaxAge(Duration.ofSeconds(10)));
    truth.failAll(Operation.APPLY);
    engine.submit(SyncItem.of("x", "1"));
    time.advance(Duration.ofSeconds(9));
    assertThat(engine.health().reasons().toString()).doesNotContain("has waited");
    time.advance(Duration.ofSeconds(2));
    assertThat(engine.health().reasons().toString()).contains("the oldest accepted write");
    truth.heal();
    turnUntil("it is stored", () -> engine.health().status() == Health.Status.UP);
  }
}
