// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.FaultyTier;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** States, listeners, reconfiguration, and engines side by side. */
class LifecycleTest extends Promise {
  @Test
  void theStatesComeInOrderAndListenersAreTold() {
    SyncEngine engine = SyncEngine.create(withLog().build());
    List<EngineState> told = new CopyOnWriteArrayList<>();
    engine.onStateChange(told::add);
    assertThat(engine.state()).isEqualTo(EngineState.CREATED);
    engine.start();
    engine.close(Duration.ofSeconds(5));
    await("all are told", () -> told.size() == 8);
    assertThat(told)
        .containsExactly(
            EngineState.CONNECTING,
            EngineState.DRAINING_WAL,
            EngineState.SYNCING_REDIS,
            EngineState.WARMING_UP,
            EngineState.READY,
            EngineState.RUNNING,
            EngineState.SHUTTING_DOWN,
            EngineState.CLOSED);
  }

  @Test
  void createTouchesNothing() {
    truth.failAll();
    SyncEngine engine = SyncEngine.create(withLog().build());
    assertThat(log.groups()).isZero();
    assertThat(truth.calls(FaultyTier.Operation.OPEN)).isZero();
    engine.close();
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
  }

  @Test
  void aListenerThatIsClosedIsToldNothingAndOneThatThrowsHarmsNobody() throws Exception {
    SyncEngine engine = open(withLog());
    List<EngineState> told = new CopyOnWriteArrayList<>();
    List<EngineState> others = new CopyOnWriteArrayList<>();
    AutoCloseable registration = engine.onStateChange(told::add);
    engine.onStateChange(
        state -> {
          throw new IllegalStateException("a bad listener");
        });
    engine.onStateChange(others::add);
    registration.close();
    engine.close(Duration.ofSeconds(5));
    await("the others are told", () -> others.contains(EngineState.CLOSED));
    assertThat(told).isEmpty();
  }

  @Test
  void futuresEndOnTheCallbackExecutor() {
    AtomicReference<String> name = new AtomicReference<>();
    SyncEngine engine = open(withLog().name("naming"));
    truth.hang(FaultyTier.Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    write.thenAccept(receipt -> name.set(Thread.currentThread().getName()));
    truth.heal();
    await("the end", () -> name.get() != null);
    assertThat(name.get()).startsWith("sync-naming-callback-");
  }

  @Test
  void reconfigureChangesHotOptionsAndSaysWhich() {
    SyncEngine engine = open(withLog());
    SyncEngineConfig hot =
        engine.config().toBuilder().batchFlushCount(5).maxContentBytes(3).build();
    assertThat(engine.reconfigure(hot)).isEqualTo(Set.of("batch_flush_count", "max_content_bytes"));
    assertThat(engine.config()).isSameAs(hot);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("x", "1234")))
        .isInstanceOf(IllegalArgumentException.class);
    for (int i = 0; i < 5; i++) {
      engine.submit(SyncItem.of("k." + i, "v"));
    }
    await("five are a batch now", () -> "v".equals(rowText("k.4")));
  }

  @Test
  void reconfigureIsAllOrNothing() {
    SyncEngine engine = open(withLog());
    SyncEngineConfig before = engine.config();
    SyncEngineConfig mixed = before.toBuilder().maxContentBytes(3).name("other").build();
    assertThatThrownBy(() -> engine.reconfigure(mixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("restart")
        .hasMessageContaining("name");
    assertThat(engine.config()).isSameAs(before);
    engine.submit(SyncItem.of("x", "1234"));
    assertThatThrownBy(() -> before.toBuilder().backpressureWarn(0.95).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(engine.reconfigure(before)).isEmpty();
  }

  @Test
  void aShorterAckTimeoutHoldsForTheNextWrite() {
    SyncEngine engine = open(withLog());
    truth.failAll(FaultyTier.Operation.APPLY);
    CompletableFuture<Receipt> before = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    engine.reconfigure(engine.config().toBuilder().ackTimeout(Duration.ofMillis(100)).build());
    CompletableFuture<Receipt> after = engine.submitAsync(SyncItem.of("y", "1"), Ack.PERSISTED);
    await("both are logged", () -> engine.stats().logEntries() == 2 && text(engine, "y") != null);
    time.advance(Duration.ofMillis(100));
    assertThat(failure(after)).isInstanceOf(AckTimeoutException.class);
    assertThat(before).isNotDone();
    time.advance(Duration.ofMillis(4900));
    assertThat(failure(before)).isInstanceOf(AckTimeoutException.class);
  }

  @Test
  void twoNamespacesLiveInOneProcess() {
    SyncEngine one = open(SyncEngineConfig.builder().sqlUrl("memory:").namespace("one"));
    SyncEngine two = open(SyncEngineConfig.builder().sqlUrl("memory:").namespace("two"));
    one.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    assertThat(two.get("x")).isEmpty();
    two.submit(SyncItem.of("x", "2"), Ack.PERSISTED);
    one.close();
    assertThat(text(two, "x")).isEqualTo("2");
    two.submit(SyncItem.of("x", "3"), Ack.PERSISTED);
  }
}
