// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.Health;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.FaultyTier.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What went wrong where somebody was to be told of something. */
class NoticeRegressionTest extends Rig {
  private static final Duration TICK = Duration.ofMillis(100);

  @Test
  void anErrorOfAListenerWasTheLastThingThatAnyWasTold() {
    SyncEngine engine = open(withLog());
    List<DeadLetter> told = new CopyOnWriteArrayList<>();
    engine.onDeadLetter(
        letter -> {
          told.add(letter);
          throw new AssertionError("by order of the test");
        });
    truth.refuseIds(id -> true, Refusal.ENTRY);
    engine.submit(SyncItem.of("x", "1"), Ack.LOGGED);
    engine.flush();
    await("the first", () -> told.size() == 1);
    engine.submit(SyncItem.of("y", "1"), Ack.LOGGED);
    engine.flush();
    await("the second", () -> told.size() == 2);
  }

  @Test
  void aTruncationThatFailedOnceLeftTheEngineDegraded() {
    SyncEngine engine = open(withLog());
    log.failTruncations(1);
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("it is told", TICK, () -> engine.health().reasons().toString().contains("not cut"));
    turnUntil("and healed", TICK, () -> engine.health().status() == Health.Status.UP);
    assertThat(log.groups()).isZero();
  }
}
