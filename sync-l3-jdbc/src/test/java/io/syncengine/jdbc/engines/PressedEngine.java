// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.SyncItem;
import io.syncengine.model.WriteRejectedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A process with a small heap that writes more than it holds while its ground truth is down, up to
 * CRITICAL, tells so, and waits for the way back.
 *
 * <pre>
 * CRITICAL   writes are refused; the ground truth may come back
 * E text     it is as before; with figures
 * </pre>
 */
final class PressedEngine {
  private static final int CONTENT_BYTES = 8 << 10;
  private static final long LOG_BYTES = 96L << 20;
  private static final int BATCH = 64;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final SyncEngine engine;
  private final List<PressureLevel> levels = new ArrayList<>(List.of(PressureLevel.NORMAL));
  private int puts;
  private int deletes;

  private PressedEngine(SyncEngine engine) {
    this.engine = engine;
  }

  /** Takes URL and path of the log. */
  public static void main(String[] args) throws Exception {
    SyncEngineConfig config =
        SyncEngineConfig.builder()
            .sqlUrl(args[0])
            .walPath(Path.of(args[1]))
            .walMaxBytes(LOG_BYTES)
            .l1MaxBytes(24 << 20)
            .closeTimeout(Duration.ofSeconds(30))
            .build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      PressedEngine pressed = new PressedEngine(engine);
      pressed.upToCritical();
      System.out.println("CRITICAL");
      long began = System.nanoTime();
      pressed.backToNormal();
      System.out.printf(
          "E %s with a heap of %d MiB: %d MiB of contents and %d deletes accepted before CRITICAL, back"
              + " to NORMAL in %d ms%n",
          pressed.levels,
          Runtime.getRuntime().maxMemory() >> 20,
          (long) pressed.puts * CONTENT_BYTES >> 20,
          pressed.deletes,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }
  }

  private void upToCritical() {
    WriteRejectedException throttled = putUntilRefused();
    assertThat(throttled.level()).isEqualTo(PressureLevel.THROTTLE);
    assertRefused(throttled, 429);
    // Deletes are still taken, and the log grows by them.
    while (level() != PressureLevel.CRITICAL) {
      assertThat(deletes).as("deletes below CRITICAL").isLessThan(1_000_000);
      List<String> ids = IntStream.range(deletes, deletes + BATCH).mapToObj(this::deleted).toList();
      assertThat(engine.deleteAll(ids, Ack.LOGGED).allSucceeded()).isTrue();
      deletes += BATCH;
    }
    WriteRejectedException critical = putUntilRefused();
    assertThat(critical.level()).isEqualTo(PressureLevel.CRITICAL);
    assertRefused(critical, 503);
    assertThat(engine.delete("late", Ack.LOGGED).reached()).isEqualTo(Ack.LOGGED);
    assertThat(levels)
        .containsExactly(
            PressureLevel.NORMAL,
            PressureLevel.WARN,
            PressureLevel.THROTTLE,
            PressureLevel.CRITICAL);
    assertThat((long) puts * CONTENT_BYTES).isGreaterThan(Runtime.getRuntime().maxMemory());
    readSome();
  }

  private static void assertRefused(WriteRejectedException e, int status) {
    assertThat(e.httpStatus()).isEqualTo(status);
    assertThat(e.retryAfter()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(5));
  }

  private WriteRejectedException putUntilRefused() {
    while (true) {
      List<SyncItem> items =
          IntStream.range(puts, puts + BATCH)
              .mapToObj(n -> SyncItem.of("put." + n, content(n)))
              .toList();
      BatchResult result = engine.submitAll(items, Ack.LOGGED);
      level();
      // Those that were taken are a beginning of the batch.
      for (BatchResult.Entry entry : result.entries()) {
        if (entry.failure() != null) {
          return (WriteRejectedException) entry.failure();
        }
        puts++;
      }
    }
  }

  private void backToNormal() {
    Await.until(
        PATIENCE, () -> levels + ", " + engine.health(), () -> level() == PressureLevel.NORMAL);
    // The way back is looked at by ticks, between which a level may pass.
    assertThat(levels.subList(3, levels.size())).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(engine.submit(SyncItem.of("again", "taken")).reached()).isEqualTo(Ack.LOGGED);
    assertThat(engine.flush(PATIENCE).complete()).isTrue();
    readSome();
  }

  private PressureLevel level() {
    PressureLevel now = engine.pressure().level();
    if (now != levels.get(levels.size() - 1)) {
      levels.add(now);
    }
    return now;
  }

  private void readSome() {
    Random random = new Random(puts);
    for (int i = 0; i < 500; i++) {
      int n = random.nextInt(puts);
      assertThat(engine.get("put." + n).orElseThrow().content()).isEqualTo(content(n));
    }
  }

  /** Long, so that the log grows faster than memory. */
  private String deleted(int n) {
    return "d".repeat(400) + n;
  }

  private static byte[] content(int n) {
    byte[] content = new byte[CONTENT_BYTES];
    new Random(n).nextBytes(content);
    return content;
  }
}
