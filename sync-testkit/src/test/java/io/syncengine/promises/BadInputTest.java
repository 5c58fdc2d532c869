// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.ProviderResolutionException;
import io.syncengine.model.ReadOption;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VersionMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bad input gets: a typed exception that says what to do; nothing written, nothing lost. */
class BadInputTest extends Promise {
  private final SyncEngine engine = open(withLog().maxContentBytes(100));

  @AfterEach
  void nothingIsWrittenAndNothingIsLost() {
    if (engine.state() == io.syncengine.EngineState.RUNNING) {
      assertThat(engine.stats().submitted()).isZero();
      assertThat(engine.stats().logEntries()).isZero();
      engine.submit(SyncItem.of("good", "1"), Ack.PERSISTED);
      assertThat(engine.scan("").map(SyncItem::id)).containsExactly("good");
    }
  }

  private static AbstractThrowableAssert<?, ?> refused(
      Class<? extends Throwable> type, ThrowingCallable call) {
    return assertThatThrownBy(call).isExactlyInstanceOf(type);
  }

  private List<Consumer<String>> callsWithAnId() {
    return List.of(
        id -> SyncItem.of(id, "1"),
        id -> engine.get(id),
        id -> engine.getAsync(id),
        id -> engine.getAll(Arrays.asList(id)),
        id -> engine.getAllAsync(Arrays.asList(id)),
        id -> engine.read(id),
        id -> engine.getVerified(id),
        id -> engine.contains(id),
        id -> engine.status(id),
        id -> engine.getOrCompute(id, x -> null),
        id -> engine.delete(id),
        id -> engine.delete(id, Ack.PERSISTED),
        id -> engine.deleteAsync(id, Ack.MEMORY));
  }

  @Test
  void aNullIdIsANullPointerThatNamesIt() {
    for (Consumer<String> call : callsWithAnId()) {
      refused(NullPointerException.class, () -> call.accept(null)).hasMessageContaining("id");
    }
  }

  @Test
  void anEmptyIdIsRefused() {
    for (Consumer<String> call : callsWithAnId()) {
      refused(IllegalArgumentException.class, () -> call.accept(""))
          .hasMessageContaining("id is empty")
          .hasMessageContaining("1 to 512 bytes");
    }
  }

  @Test
  void anOverLongIdIsRefusedByItsBytes() {
    for (Consumer<String> call : callsWithAnId()) {
      refused(IllegalArgumentException.class, () -> call.accept("i".repeat(513)))
          .hasMessageContaining("513 bytes")
          .hasMessageContaining("at most 512");
      refused(IllegalArgumentException.class, () -> call.accept("ü".repeat(257)))
          .hasMessageContaining("514 bytes");
    }
    assertThat(engine.get("i".repeat(512))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nb", "a\u0000", "a\u007f", "\u0085", "a\ud800", "\udc00b", "\udc00\ud800"})
  void anIllFormedIdIsRefusedWithItsPlaceAndNotItself(String id) {
    for (Consumer<String> call : callsWithAnId()) {
      refused(IllegalArgumentException.class, () -> call.accept(id))
          .hasMessageContaining("at index")
          .hasMessageNotContaining(id);
    }
  }

  @Test
  void nullContentIsANullPointerThatNamesIt() {
    refused(NullPointerException.class, () -> SyncItem.of("x", (String) null))
        .hasMessageContaining("content");
    refused(NullPointerException.class, () -> SyncItem.of("x", (byte[]) null))
        .hasMessageContaining("content");
    refused(NullPointerException.class, () -> SyncItem.builder("x").build())
        .hasMessageContaining("content");
    refused(IllegalArgumentException.class, () -> SyncItem.of("x", "\ud800"))
        .hasMessageContaining("unpaired surrogate");
  }

  @Test
  void otherNullsAreNamedToo() {
    SyncItem item = SyncItem.of("x", "1");
    refused(NullPointerException.class, () -> engine.submit(null)).hasMessage("item");
    refused(NullPointerException.class, () -> engine.submit(item, null)).hasMessage("ack");
    refused(NullPointerException.class, () -> engine.delete("x", (Ack) null)).hasMessage("ack");
    refused(NullPointerException.class, () -> engine.submitAll(null)).hasMessage("items");
    refused(NullPointerException.class, () -> engine.getAll(null)).hasMessage("ids");
    refused(NullPointerException.class, () -> engine.scan(null)).hasMessage("prefix");
    refused(NullPointerException.class, () -> engine.flush(null)).hasMessage("timeout");
    refused(NullPointerException.class, () -> engine.close(null)).hasMessage("timeout");
    refused(NullPointerException.class, () -> engine.reconfigure(null)).hasMessage("config");
    refused(NullPointerException.class, () -> engine.onPressure(null)).hasMessage("listener");
    refused(NullPointerException.class, () -> engine.getOrCompute("x", null))
        .hasMessage("function");
    refused(NullPointerException.class, () -> SyncEngine.create(null)).hasMessage("config");
    refused(NullPointerException.class, () -> engine.read("x", (ReadOption) null));
    refused(NullPointerException.class, () -> SyncEngineConfig.builder().sqlUrl(null))
        .hasMessage("sql_url");
  }

  @Test
  void tooLargeContentIsRefusedWithTheOption() {
    refused(IllegalArgumentException.class, () -> engine.submit(SyncItem.of("x", "1".repeat(101))))
        .hasMessageContaining("101 bytes")
        .hasMessageContaining("max_content_bytes is 100");
  }

  @Test
  void inABatchOnlyTheBadOnesFail() {
    SyncEngine other = open(withoutLog(anotherRoad()).maxContentBytes(100));
    List<SyncItem> items = new ArrayList<>();
    items.add(SyncItem.of("fine", "1"));
    items.add(null);
    items.add(SyncItem.of("big", "1".repeat(101)));
    BatchResult result = other.submitAll(items);
    assertThat(result.entries().get(0).failure()).isNull();
    assertThat(result.entries().get(1).failure()).isInstanceOf(NullPointerException.class);
    assertThat(result.entries().get(2).failure()).isInstanceOf(IllegalArgumentException.class);
    BatchResult deleted = other.deleteAll(Arrays.asList("fine", "", null));
    assertThat(deleted.succeeded()).isEqualTo(1);
    assertThat(deleted.entries().get(1).failure()).isInstanceOf(IllegalArgumentException.class);
    assertThat(deleted.entries().get(2).failure()).isInstanceOf(NullPointerException.class);
    other.flush();
    assertThat(row("fine").tombstone()).isTrue();
    other.close();
  }

  @ParameterizedTest
  @CsvSource({
    "batch_flush_count, 0, 1 to 100000",
    "batch_flush_count, -3, 1 to 100000",
    "batch_flush_count, many, 1 to 100000",
    "batch_flush_bytes, -1, at least 1",
    "batch_flush_bytes, 0, at least 1",
    "batch_flush_ms, 0, 1 ms to",
    "batch_flush_ms, -5, 1 ms to",
    "ack_timeout_ms, 5 parsecs, 'ms, s, m, h, d'",
    "ack_timeout_ms, 9223372036854775807, 3650 d",
    "ack_timeout_ms, 9223372036854775807d, 3650 d",
    "l1_max_bytes, 10, at least 65536",
    "l1_max_bytes, 9223372036854775807GB, 'KB, MB, GB'",
    "backpressure_warn, 0, above 0 and below 1",
    "backpressure_warn, 1.5, above 0 and below 1",
    "backpressure_warn, NaN, above 0 and below 1",
    "read_only, yes, true or false",
    "version_mode, both, engine or caller",
    "namespace, Big-Name, '[a-z0-9_]{0,32}'",
    "sql_url, nowhere, scheme:",
  })
  void aBadValueIsRefusedWithKeyValueAndWhatIsAllowed(String key, String value, String allowed) {
    var refusal =
        refused(
                IllegalArgumentException.class,
                () -> SyncEngineConfig.fromProperties(Map.of(key, value)))
            .hasMessageContaining(key)
            .hasMessageContaining(allowed);
    if (!key.endsWith("_url")) {
      refusal.hasMessageContaining("'" + value + "'");
    }
  }

  @Test
  void contradictoryOptionsAreRefused() {
    refused(
            IllegalArgumentException.class,
            () ->
                SyncEngineConfig.builder().backpressureWarn(0.9).backpressureCritical(0.9).build())
        .hasMessageContaining("backpressure_warn is 0.9")
        .hasMessageContaining("warn must be below critical");
    refused(
            IllegalArgumentException.class,
            () ->
                SyncEngineConfig.fromProperties(Map.of("retry_min_ms", "9s", "retry_max_ms", "1s")))
        .hasMessageContaining("retry_min_ms is above retry_max_ms");
    refused(
            IllegalArgumentException.class,
            () -> SyncEngineConfig.fromProperties(Map.of("wal_path", "x.wal")))
        .hasMessageContaining("set sql_url or redis_url");
  }

  @Test
  void unknownKeysAreNamedWithThoseThatAreKnown() {
    refused(
            IllegalArgumentException.class,
            () -> SyncEngineConfig.fromProperties(Map.of("sql_ulr", "memory:")))
        .hasMessageContaining("unknown option sql_ulr")
        .hasMessageContaining("sql_url");
    refused(
            IllegalArgumentException.class,
            () -> SyncEngine.create(SyncEngineConfig.fromProperties(Map.of("nobody.key", "1"))))
        .hasMessageContaining("nobody.key")
        .hasMessageContaining("no provider named nobody");
    refused(
            IllegalArgumentException.class,
            () -> SyncEngine.create(SyncEngineConfig.fromProperties(Map.of("memory.key", "1"))))
        .hasMessageContaining("memory.key");
  }

  @ParameterizedTest
  @CsvSource({
    "mysql://h/d, sync-l3-jdbc",
    "sqlite:x.db, sync-l3-jdbc",
    "gopher://h, check the URL",
  })
  void aUrlWithNoProviderNamesTheArtifact(String url, String artifact) {
    refused(
            ProviderResolutionException.class,
            () -> SyncEngine.create(SyncEngineConfig.builder().sqlUrl(url).build()))
        .hasMessageContaining(url.substring(0, url.indexOf(':')))
        .hasMessageContaining(artifact);
  }

  @Test
  void redisAndALogWithoutTheirArtifactsNameThem() {
    refused(
            ProviderResolutionException.class,
            () -> SyncEngine.create(SyncEngineConfig.builder().redisUrl("redis://h").build()))
        .hasMessageContaining("sync-l2-redis");
    refused(
            ProviderResolutionException.class,
            () ->
                SyncEngine.create(
                    SyncEngineConfig.fromProperties(
                        Map.of("sql_url", "memory:", "wal_path", "x.wal"))))
        .hasMessageContaining("sync-wal-sqlite");
    refused(
            ProviderResolutionException.class,
            () ->
                SyncEngine.create(
                    SyncEngineConfig.fromProperties(
                        Map.of("sql_url", "memory:", "l3_provider", "nobody"))))
        .hasMessageContaining("nobody")
        .hasMessageContaining("memory");
  }

  @Test
  void anAckLevelThatCannotBeReachedIsRefused() {
    SyncEngine unlogged = open(withoutLog(anotherRoad()));
    refused(
            IllegalArgumentException.class,
            () -> unlogged.submit(SyncItem.of("x", "1"), Ack.LOGGED))
        .hasMessageContaining("set wal_path");
    assertThat(unlogged.get("x")).isEmpty();
  }

  @Test
  void useBeforeStartIsRefused() {
    SyncEngine idle = SyncEngine.create(SyncEngineConfig.builder().build());
    for (ThrowingCallable call : calls(idle)) {
      refused(IllegalStateException.class, call).hasMessageContaining("call start()");
    }
    idle.start();
    refused(IllegalStateException.class, idle::start).hasMessageContaining("RUNNING");
    idle.close();
  }

  @Test
  void useAfterCloseIsRefused() {
    SyncEngine closed = SyncEngine.open(SyncEngineConfig.builder().build());
    closed.close();
    for (ThrowingCallable call : calls(closed)) {
      refused(IllegalStateException.class, call).hasMessageContaining("CLOSED");
    }
    refused(IllegalStateException.class, closed::start).hasMessageContaining("CLOSED");
  }

  private static List<ThrowingCallable> calls(SyncEngine engine) {
    return List.of(
        () -> engine.get("x"),
        () -> engine.getAsync("x"),
        () -> engine.getAll(List.of("x")),
        () -> engine.read("x"),
        () -> engine.contains("x"),
        () -> engine.status("x"),
        () -> engine.scan(""),
        () -> engine.submit(SyncItem.of("x", "1")),
        () -> engine.submitAsync(SyncItem.of("x", "1"), Ack.MEMORY),
        () -> engine.submitAll(List.of(SyncItem.of("x", "1"))),
        () -> engine.delete("x"),
        () -> engine.getOrCompute("x", id -> null),
        engine::flush,
        engine::stats,
        engine::pressure,
        engine::deadLetters,
        () -> engine.reconfigure(engine.config()));
  }

  @Test
  void versionsAreTheCallersOnlyInCallerMode() {
    refused(IllegalStateException.class, () -> engine.delete("x", 5))
        .hasMessageContaining("version_mode is engine");
    SyncEngine caller =
        SyncEngine.open(
            SyncEngineConfig.builder().versionMode(VersionMode.CALLER).sqlUrl("memory:").build());
    refused(IllegalStateException.class, () -> caller.delete("x"))
        .hasMessageContaining("give the delete's version");
    refused(IllegalStateException.class, () -> caller.deleteAll(List.of("x")));
    refused(IllegalArgumentException.class, () -> caller.submit(SyncItem.of("x", "1")))
        .hasMessageContaining("give the item a version");
    refused(IllegalArgumentException.class, () -> caller.delete("x", 0))
        .hasMessageContaining("1 or more");
    refused(IllegalArgumentException.class, () -> SyncItem.builder("x").version(0))
        .hasMessageContaining("1 or more");
    caller.close();
  }

  @Test
  void aFunctionThatAsksForTheIdThatItComputesIsRefused() {
    refused(
            IllegalStateException.class,
            () -> engine.getOrCompute("x", id -> engine.getOrCompute(id, again -> null)))
        .hasMessageContaining("the id that it computes");
    assertThat(engine.getOrCompute("x", id -> null)).isNull();
  }

  @Test
  void numbersOfDeadLettersAreChecked() {
    refused(IllegalArgumentException.class, () -> engine.deadLetters().list(0))
        .hasMessageContaining("1 or more");
    refused(IllegalArgumentException.class, () -> engine.deadLetters().resend(7))
        .hasMessageContaining("no dead letter 7");
    assertThat(engine.deadLetters().drop(7)).isFalse();
  }
}
