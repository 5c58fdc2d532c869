// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.ReadOption;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.ManualTime;
import io.syncengine.testkit.SeedSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Two engines on one ground truth: each sees the other's commits within the staleness bound, no
 * read goes back, nothing deleted comes back.
 */
class TwoEnginesTest {
  private static final Duration BOUND = Duration.ofSeconds(1);

  @ParameterizedTest
  @SeedSource(20)
  void seeEachOthersWritesWithinTheBound(long seed) {
    run(seed, new CrashPoints());
  }

  @Test
  void oneThatDoesNotFollowIsFound() {
    assertThatThrownBy(() -> run(1, new CrashPoints().leaveOut(FailPoint.FOLLOW)))
        .isInstanceOf(AssertionError.class);
  }

  private static void run(long seed, CrashPoints failPoints) {
    Random random = new Random(seed);
    ManualTime time = new ManualTime();
    InMemoryTier truth = new InMemoryTier();
    Deletes deletes = new Deletes();
    try (Reader a = new Reader(truth, time, failPoints, deletes);
        Reader b = new Reader(truth, time, failPoints, deletes)) {
      List<Reader> both = List.of(a, b);
      Map<String, Optional<String>> committed = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        Reader reader = both.get(random.nextInt(2));
        String id = "k." + random.nextInt(5);
        switch (random.nextInt(6)) {
          case 0, 1 -> {
            // Later than what the other one wrote, as the time is.
            time.advance(Duration.ofMillis(1));
            Optional<String> content =
                random.nextInt(3) == 0 ? Optional.empty() : Optional.of("#" + i);
            reader.write(id, content);
            committed.put(id, content);
          }
          case 2 -> time.advance(Duration.ofMillis(random.nextInt(300)));
          case 3 -> reader.read(id, ReadOption.SKIP_L1);
          case 4 -> reader.read(id);
          default -> {
            both.forEach(r -> r.awaitFollowed(time));
            committed.forEach(
                (each, content) -> both.forEach(r -> assertThat(r.read(each)).isEqualTo(content)));
          }
        }
      }
    }
  }

  /** An engine, and the newest that it has read of each id. */
  private static final class Reader implements AutoCloseable {
    private final InMemoryTier truth;
    private final SyncEngine engine;
    private final Deletes deletes;
    private final Map<String, Long> seen = new HashMap<>();
    private final List<String> trace = new ArrayList<>();

    Reader(InMemoryTier truth, ManualTime time, CrashPoints failPoints, Deletes deletes) {
      this.truth = truth;
      this.deletes = deletes;
      this.engine =
          SyncEngine.open(
              SyncEngineConfig.builder()
                  .l3(truth)
                  .l1MaxBytes(64 << 10)
                  .timeSource(time)
                  .scheduler(time)
                  .failPoints(failPoints)
                  .build());
    }

    void write(String id, Optional<String> content) {
      long version =
          content
              .map(c -> engine.submit(SyncItem.of(id, c), Ack.PERSISTED))
              .orElseGet(() -> engine.delete(id, Ack.PERSISTED))
              .version();
      if (content.isEmpty()) {
        deletes.add(id, version);
      }
      trace.add("wrote " + id + " " + version);
      seen.merge(id, version, Math::max);
    }

    Optional<String> read(String id, ReadOption... options) {
      var result = engine.read(id, options);
      long version = deletes.versionOf(id, result, last(id));
      trace.add("read " + id + " " + version + " of " + result.source());
      assertThat(version).as("%s went back: %s", id, trace).isGreaterThanOrEqualTo(last(id));
      seen.put(id, version);
      return result.item().map(SyncItem::contentAsString);
    }

    private long last(String id) {
      return seen.getOrDefault(id, 0L);
    }

    /** Turns the clock, by the staleness bound at most, until the end of the change log is seen. */
    void awaitFollowed(ManualTime time) {
      long head = truth.poll(1, 0).head();
      long bound = time.nanoTime() + BOUND.toNanos();
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (engine.stats().changePosition() < head) {
        // The engine's threads take real time, which the turned clock does not know of.
        assertThat(System.nanoTime()).as("followed in time").isLessThan(end);
        if (time.nanoTime() < bound) {
          time.advance(Duration.ofMillis(50));
        }
        Thread.yield();
      }
    }

    @Override
    public void close() {
      engine.close(Duration.ZERO);
    }
  }
}
