// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.Source;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.testkit.AlteredTier;
import io.syncengine.testkit.Entries;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What went wrong with the follower of the change log. */
class FollowerRegressionTest extends Rig {
  private static final Duration POLL = Duration.ofMillis(250);

  /** One database that a test can set back to an earlier time, and whose poll it can spoil. */
  private static final class Restorable extends AlteredTier {
    volatile Supplier<ChangePage> spoiled;
    private volatile TierConfig config;

    Restorable(InMemoryTier inside) {
      super(inside);
    }

    @Override
    public TierInfo open(TierConfig by) {
      config = by;
      return new TierInfo("one", super.open(by).description());
    }

    @Override
    public ChangePage poll(long from, int limit) {
      Supplier<ChangePage> bug = spoiled;
      if (bug != null) {
        return bug.get();
      }
      ChangePage page = super.poll(from, limit);
      return new ChangePage("one", page.head(), page.headTag(), page.rows());
    }

    void restore(InMemoryTier backup) {
      backup.open(config);
      inside = backup;
    }
  }

  private final Restorable tier = new Restorable(rows);

  private void follow(SyncEngine engine, long sequence) {
    turnUntil("the change is followed", POLL, () -> engine.stats().changePosition() >= sequence);
  }

  /** So many rows of an id that nobody looks at. */
  private static void fill(InMemoryTier tier, int count) {
    for (int i = 1; i <= count; i++) {
      tier.apply(Entries.batch(Entries.value("k", i, "k" + i)));
    }
  }

  private static SyncEngineException down() {
    return new TierUnavailableException("L3", "poll", "down by order of the test", null);
  }

  static Stream<Supplier<ChangePage>> bugs() {
    return Stream.of(
        () -> {
          throw new IllegalStateException("a bug of the tier, by order of the test");
        },
        () -> {
          throw new SyncEngineException("not a tier's exception, by order of the test", null);
        },
        () -> null,
        FollowerRegressionTest::pageOfNothing);
  }

  private static ChangePage pageOfNothing() {
    return new ChangePage(null, 5, 5, List.of());
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void theFollowerStoodStillAfterABugInTheTiersPoll(Supplier<ChangePage> bug) {
    SyncEngine engine = open(callerMode(builder()).l3(tier));
    foreign(Entries.value("x", 1, "old"));
    follow(engine, 1);
    assertThat(text(engine, "x")).isEqualTo("old");
    int[] polls = new int[1];
    tier.spoiled =
        () -> {
          polls[0]++;
          return bug.get();
        };
    turnUntil("the tier fails", POLL, () -> polls[0] >= 1);
    tier.spoiled = null;
    foreign(Entries.value("x", 2, "new"));
    turnUntil("the new value", POLL, () -> "new".equals(textIfAny(engine, "x")));
  }

  /** False also while the tier is opened anew. */
  private static boolean absent(SyncEngine engine, String id) {
    try {
      return engine.get(id).isEmpty();
    } catch (TierUnavailableException e) {
      return false;
    }
  }

  /** Null also while the tier is opened anew. */
  private static String textIfAny(SyncEngine engine, String id) {
    try {
      return text(engine, id);
    } catch (TierUnavailableException e) {
      return null;
    }
  }

  @Test
  void anotherHistoryWasHiddenByARowOfOnesOwn() {
    SyncEngine engine = open(callerMode(builder()).l3(tier));
    fill(rows, 9);
    foreign(Entries.value("x", 1, "gone"));
    follow(engine, 10);
    assertThat(text(engine, "x")).isEqualTo("gone");

    InMemoryTier backup = opened(new InMemoryTier());
    backup.open(tier.config);
    fill(backup, 9);
    backup.apply(Entries.batch(Entries.value("y", 1, "other")));
    // Whole, so that a poll which is still on its way finds nothing half filled.
    tier.restore(backup);
    engine.submit(item("z", 1, "own"), Ack.PERSISTED);
    // Not row 11 for certain: a purge that was due meanwhile has a row as well.
    follow(engine, backup.poll(1, 0).head());
    turnUntil("memory forgets the old history", POLL, () -> absent(engine, "x"));
    assertThat(text(engine, "y")).isEqualTo("other");
    assertThat(text(engine, "z")).isEqualTo("own");
  }

  @Test
  void aConfirmedWriteOfAnotherHistoryStayedForEver() {
    SyncEngine engine = open(callerMode(builder()).l3(tier));
    fill(rows, 3);
    follow(engine, 3);
    tier.spoiled =
        () -> {
          throw down();
        };
    foreign(Entries.value("k", 4, "k4"));
    // Its change row is not the next one, so it waits for a poll, which fails.
    engine.submit(item("x", 1, "gone"), Ack.PERSISTED);
    InMemoryTier backup = opened(new InMemoryTier());
    tier.restore(backup);
    fill(backup, 3);
    tier.spoiled = null;
    turnUntil("memory forgets the old history", POLL, () -> absent(engine, "x"));
    assertThat(engine.stats().pendingItems()).isZero();
  }

  @Test
  void anUnconfirmedWriteOfAnotherHistoryHidWhatTheGroundTruthHeld() {
    SyncEngine engine = open(builder().l3(tier));
    fill(rows, 3);
    follow(engine, 3);
    engine.submit(SyncItem.of("x", "own"), Ack.MEMORY);
    engine.submit(SyncItem.of("y", "own"), Ack.MEMORY);
    assertThat(text(engine, "x")).isEqualTo("own");
    InMemoryTier backup = opened(new InMemoryTier());
    tier.restore(backup);
    backup.apply(Entries.batch(Entries.value("x", later(), "other")));
    turnUntil("the other value", POLL, () -> "other".equals(text(engine, "x")));
    assertThat(engine.read("y").source()).isEqualTo(Source.PENDING);
    assertThat(text(engine, "y")).isEqualTo("own");
    engine.flush(PATIENCE);
    assertThat(text(engine, "x")).isEqualTo("other");
    assertThat(backup.load(List.of("y")).found()).containsKey("y");
  }
}
