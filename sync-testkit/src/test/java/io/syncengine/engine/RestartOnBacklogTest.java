// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read of ids that the log holds and the ground truth may hold higher or lower. */
class RestartOnBacklogTest {
  private static final List<String> IDS = List.of("a", "b", "c");

  private final InMemoryTier truth = new InMemoryTier();
  private final InMemoryLog log = new InMemoryLog();

  /** An engine that flushes only when somebody waits. */
  private SyncEngine open(FailPoints failPoints) {
    return SyncEngine.open(
        SyncEngineConfig.builder()
            .l3(truth)
            .log(log)
            .batchFlushInterval(Duration.ofHours(1))
            .failPoints(failPoints)
            .build());
  }

  private static FailPoints withoutDrain() {
    return new CrashPoints().leaveOut(FailPoint.DRAIN);
  }

  @Test
  void getAllOfReplayedIdsDoesNotAnswerFromTheOlderGroundTruth() {
    try (SyncEngine engine = open(withoutDrain())) {
      engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
      engine.submit(SyncItem.of("b", "1"), Ack.PERSISTED);
      engine.delete("a");
      engine.submit(SyncItem.of("b", "2"));
      engine.submit(SyncItem.of("c", "1"));
    }
    try (SyncEngine engine = open(FailPoints.OFF)) {
      assertThat(engine.getAll(IDS).values())
          .extracting(i -> i.id() + i.contentAsString())
          .containsExactly("b2", "c1");
      assertThat(engine.scan("").map(i -> i.id() + i.contentAsString()))
          .containsExactly("b2", "c1");
    }
  }

  @Test
  void whatAnotherInstanceDeletedMeanwhileIsNotBackInAnyRead() {
    try (SyncEngine engine = open(withoutDrain())) {
      engine.submit(SyncItem.of("a", "1"));
    }
    try (SyncEngine other = SyncEngine.open(SyncEngineConfig.builder().l3(truth).build())) {
      other.delete("a", Ack.PERSISTED);
    }
    try (SyncEngine engine = open(FailPoints.OFF)) {
      assertThat(engine.get("a")).isEmpty();
      assertThat(engine.getAll(IDS)).isEmpty();
      assertThat(engine.scan("")).isEmpty();
    }
  }
}
