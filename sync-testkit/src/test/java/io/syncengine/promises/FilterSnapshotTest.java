// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.Entries;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When snapshots of the filter are kept. */
class FilterSnapshotTest extends Promise {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private SyncEngine withFilter() {
    SyncEngine engine = open(withLog().existenceFilter(true).filterSnapshot(INTERVAL));
    turnUntil("the filter is built", () -> engine.stats().filterTrusted());
    return engine;
  }

  private boolean kept() {
    return log.snapshot("filter").isPresent();
  }

  @Test
  void whatWasRestoredIsNotWrittenAgain() {
    SyncEngine first = withFilter();
    first.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("it is in the filter", () -> first.stats().filterIds() == 1);
    first.close();
    SyncEngine again = withFilter();
    assertThat(kept()).isTrue();
    log.removeSnapshot("filter");
    time.advance(INTERVAL.multipliedBy(3));
    turnUntil("it is trusted", () -> again.stats().filterTrusted());
    again.close();
    open(withLog());
    assertThat(kept()).isFalse();
  }

  @Test
  void oneThatFailedIsTriedAgainWithoutAnyChange() {
    SyncEngine engine = withFilter();
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("it is in the filter", () -> engine.stats().filterIds() == 1);
    log.failSnapshots(1);
    time.advance(INTERVAL.multipliedBy(2));
    turnUntil("the next try", this::kept);
  }

  @Test
  void oneThatCannotBeBroughtToTheHeadIsReplacedByAWalk() {
    SyncEngine first = withFilter();
    first.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("it is in the filter", () -> first.stats().filterIds() == 1);
    open(withoutLog(anotherRoad()));
    first.close();
    DamagedLog damaged = new DamagedLog(rows);
    damaged.damaged = rows.poll(1, 0).head() + 1;
    rows.apply(List.of(Entries.value("y", 1, "c")));
    SyncEngine again =
        open(withoutLog(damaged).log(log).existenceFilter(true).filterSnapshot(INTERVAL));
    turnUntil("the filter is built all the same", () -> again.stats().filterTrusted());
    assertThat(again.stats().filterIds()).isEqualTo(2);
  }
}
