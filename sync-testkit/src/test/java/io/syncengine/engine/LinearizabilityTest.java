// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.InMemoryLog;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Submit, delete and get of the same ids in one instance, checked by Lincheck. */
public class LinearizabilityTest {
  private static StressOptions options() {
    return new StressOptions()
        .iterations(15)
        .invocationsPerIteration(200)
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(1)
        .actorsAfter(2)
        .minimizeFailedScenario(false)
        .sequentialSpecification(Plain.class);
  }

  @Test
  void isLinearizableAtMemory() {
    options().check(AtMemory.class);
  }

  @Test
  void isLinearizableAtLogged() {
    options().check(AtLogged.class);
  }

  /** What is acknowledged before it is shown is found. */
  @Test
  void findsWritesThatAreNotShown() {
    assertThatThrownBy(() -> options().check(NotShown.class)).isInstanceOf(AssertionError.class);
  }

  /** What an engine is compared with. */
  public static class Plain {
    private final Map<Integer, Integer> values = new HashMap<>();

    /** Writes. */
    public void submit(int id, int value) {
      values.put(id, value);
    }

    /** Deletes. */
    public void delete(int id) {
      values.remove(id);
    }

    /** Reads; 0 for absent. */
    public int get(int id) {
      return values.getOrDefault(id, 0);
    }
  }

  /** Two ids, new ones for each run; batches of one, so that writes leave pending at once. */
  @Param(name = "id", gen = IntGen.class, conf = "1:2")
  @Param(name = "value", gen = IntGen.class, conf = "1:9")
  abstract static class Ids {
    private static final AtomicLong RUNS = new AtomicLong();

    private final String prefix = RUNS.incrementAndGet() + ".";
    private final SyncEngine engine;
    private final Ack ack;

    Ids(SyncEngine engine, Ack ack) {
      this.engine = engine;
      this.ack = ack;
    }

    /** Writes. */
    @Operation
    public void submit(@Param(name = "id") int id, @Param(name = "value") int value) {
      engine.submit(SyncItem.of(prefix + id, "" + value), ack);
    }

    /** Deletes. */
    @Operation
    public void delete(@Param(name = "id") int id) {
      engine.delete(prefix + id, ack);
    }

    /** Reads; 0 for absent. */
    @Operation
    public int get(@Param(name = "id") int id) {
      return engine.get(prefix + id).map(i -> Integer.parseInt(i.contentAsString())).orElse(0);
    }
  }

  private static SyncEngine open(InMemoryLog log, FailPoints failPoints) {
    SyncEngineConfig.Builder config =
        SyncEngineConfig.builder().l3(new InMemoryTier()).batchFlushCount(1).failPoints(failPoints);
    return SyncEngine.open(log == null ? config.build() : config.log(log).build());
  }

  /** At MEMORY. */
  public static class AtMemory extends Ids {
    private static final SyncEngine ENGINE = open(null, FailPoints.OFF);

    /** For Lincheck. */
    public AtMemory() {
      super(ENGINE, Ack.MEMORY);
    }
  }

  /** At LOGGED. */
  public static class AtLogged extends Ids {
    private static final SyncEngine ENGINE = open(new InMemoryLog(), FailPoints.OFF);

    /** For Lincheck. */
    public AtLogged() {
      super(ENGINE, Ack.LOGGED);
    }
  }

  /** Broken by a switch. */
  public static class NotShown extends Ids {
    private static final SyncEngine ENGINE =
        open(null, new CrashPoints().leaveOut(FailPoint.PUBLISH));

    /** For Lincheck. */
    public NotShown() {
      super(ENGINE, Ack.MEMORY);
    }
  }
}
