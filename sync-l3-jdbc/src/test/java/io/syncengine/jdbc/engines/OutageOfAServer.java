// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.servers.SqlDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server is down for the whole of an ingest, over a restart of the engine, and comes back. */
final class OutageOfAServer {
  private static final int IN_FLIGHT = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final SqlDatabase database;
  private final SyncEngineConfig config;
  private final int items;

  OutageOfAServer(SqlDatabase database, Path log, int items) {
    this.database = database;
    this.config = SyncEngineConfig.builder().sqlUrl(database.url()).walPath(log).build();
    this.items = items;
  }

  void loseNothing() {
    database.kill();
    long began = System.nanoTime();
    SyncEngine first = SyncEngine.open(config);
    ingest(first, 0, items / 2);
    assertThat(first.close(Duration.ofMillis(100)).waitingInLog()).isEqualTo(items / 2);
    try (SyncEngine engine = SyncEngine.open(config)) {
      ingest(engine, items / 2, items);
      long ingested = System.nanoTime();
      checkAll(engine);
      assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(engine.stats().pendingItems()).isEqualTo(items);
      database.restart();
      long back = System.nanoTime();
      awaitCaughtUp(engine);
      double seconds = (System.nanoTime() - back) / 1e9;
      System.out.printf(
          "%s: %d items ingested in %d ms without it, all stored %.1f s after it was back, %.0f a"
              + " second%n",
          database.product(),
          items,
          TimeUnit.NANOSECONDS.toMillis(ingested - began),
          seconds,
          items / seconds);
    }
    SyncEngineConfig other = SyncEngineConfig.builder().sqlUrl(database.url()).build();
    try (SyncEngine reader = SyncEngine.open(other)) {
      checkAll(reader);
      assertThat(reader.scan("").count()).isEqualTo(items);
    }
  }

  private static void ingest(SyncEngine engine, int from, int to) {
    Deque<CompletableFuture<Receipt>> inFlight = new ArrayDeque<>();
    for (int n = from; n < to; n++) {
      if (inFlight.size() == IN_FLIGHT) {
        assertThat(inFlight.remove().join().reached()).isEqualTo(Ack.LOGGED);
      }
      inFlight.add(engine.submitAsync(SyncItem.of(id(n), content(n)), Ack.LOGGED));
    }
    inFlight.forEach(f -> assertThat(f.join().reached()).isEqualTo(Ack.LOGGED));
  }

  private void checkAll(SyncEngine engine) {
    AtomicInteger right = new AtomicInteger();
    for (int n = 0; n < items; n++) {
      String expected = content(n);
      engine
          .get(id(n))
          .filter(item -> item.contentAsString().equals(expected))
          .ifPresent(item -> right.incrementAndGet());
    }
    assertThat(right).as("items that are read as written").hasValue(items);
  }

  private static void awaitCaughtUp(SyncEngine engine) {
    Await.until(
        PATIENCE, () -> engine.health().toString(), () -> engine.stats().pendingItems() == 0);
    assertThat(engine.deadLetters().count()).isZero();
  }

  private static String id(int n) {
    return "outage." + n;
  }

  private static String content(int n) {
    return "{\"n\":" + n + ",\"text\":\"" + "x".repeat(n % 400) + "\"}";
  }
}
