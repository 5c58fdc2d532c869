// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.EngineStats;
import io.syncengine.model.Health;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A process with an engine that writes and reads the same ids as others. A first line that comes in
 * tells it to stop and flush, a second one names the end of the change log, up to which it has to
 * come and then shows all it knows.
 *
 * <pre>
 * A id version deleted level content   a write was acknowledged at a level
 * F text                               a call failed that must not, or a read went back
 * E                                    everything is flushed
 * V id revision                        what an id ends with
 * S text                               it has shown all; with figures
 * </pre>
 */
final class WritingEngine {
  static final List<String> IDS = IntStream.range(0, 1_000).mapToObj(n -> "id." + n).toList();
  static final int IN_FLIGHT = 128;
  private static final int TURN_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SyncEngine engine;
  private final String name;
  private final long seed;
  private final MonotonicReads reads;
  private final Semaphore window = new Semaphore(IN_FLIGHT);
  // A read for each write, so that reads alone do not keep the processors busy.
  private final Semaphore turns = new Semaphore(0);
  private volatile boolean stopped;

  private WritingEngine(SyncEngine engine, String name, long seed) {
    this.engine = engine;
    this.name = name;
    this.seed = seed;
    this.reads = new MonotonicReads(engine, text -> say("F " + text));
  }

  /** The configuration of an engine in these tests, from {@code key=value} each. */
  static SyncEngineConfig config(List<String> options) {
    Map<String, String> properties = new HashMap<>();
    for (String option : options) {
      String[] parts = option.split("=", 2);
      properties.put(parts[0], parts[1]);
    }
    return SyncEngineConfig.fromProperties(properties);
  }

  /** What an engine that writes needs beside its tiers. */
  static List<String> writing(Path log) {
    return List.of("wal_path=" + log, "batch_flush_ms=20", "ack_timeout_ms=30000");
  }

  /** Takes a name, a seed, and options. */
  public static void main(String[] args) throws IOException, InterruptedException {
    BufferedReader told =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (SyncEngine engine = SyncEngine.open(config(List.of(args).subList(2, args.length)))) {
      awaitWell(engine, 0);
      WritingEngine it = new WritingEngine(engine, args[0], Long.parseLong(args[1]));
      List<Thread> threads = List.of(new Thread(it::write), new Thread(it::read));
      threads.forEach(Thread::start);
      told.readLine();
      it.stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
      it.flush();
      it.show(Long.parseLong(told.readLine()));
    }
  }

  /** Until it has followed a head, and a cache is in use and reflects all that it has followed. */
  private static void awaitWell(SyncEngine engine, long head) {
    Await.until(
        PATIENCE,
        () -> "head " + head + ", " + engine.stats() + ", " + engine.health(),
        () ->
            engine.stats().changePosition() >= head
                && engine.stats().l2Lag() == 0
                && engine.health().status() == Health.Status.UP);
  }

  private void write() {
    Random random = new Random(seed);
    for (long n = 0; !stopped; n++) {
      String id = IDS.get(random.nextInt(IDS.size()));
      Ack level = random.nextInt(8) == 0 ? Ack.PERSISTED : Ack.LOGGED;
      boolean delete = random.nextInt(8) == 0;
      String content = name + '/' + n + ' ' + id;
      window.acquireUninterruptibly();
      CompletableFuture<Receipt> call =
          delete
              ? engine.deleteAsync(id, level)
              : engine.submitAsync(SyncItem.of(id, content), level);
      call.whenComplete(
          (receipt, failure) -> {
            ended(receipt, failure, delete, content);
            window.release();
            turns.release();
          });
    }
  }

  private void ended(Receipt receipt, Throwable failure, boolean delete, String content) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    Receipt known = cause instanceof AckTimeoutException late ? late.receipt() : receipt;
    if (known == null) {
      say("F " + cause);
      return;
    }
    reads.wrote(known);
    say(
        String.join(
            " ",
            "A",
            known.id(),
            Long.toString(known.version()),
            Boolean.toString(delete),
            known.reached().name(),
            content));
  }

  private void read() {
    Random random = new Random(-seed);
    try {
      while (!stopped) {
        if (turns.tryAcquire(TURN_MILLIS, TimeUnit.MILLISECONDS)) {
          reads.next(random);
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      say("F a read failed: " + e);
    }
  }

  private void flush() {
    window.acquireUninterruptibly(IN_FLIGHT);
    say(engine.flush(Duration.ofSeconds(30)).complete() ? "E" : "F the flush is not complete");
  }

  private void show(long head) {
    awaitWell(engine, head);
    reads.all().forEach((id, revision) -> say("V " + id + ' ' + revision));
    EngineStats stats = engine.stats();
    say(
        String.format(
            "S %d reads, L2: %d hits, %d misses, %d repairs, %d refused; L3: %d reads",
            reads.count(),
            stats.l2Hits(),
            stats.l2Misses(),
            stats.l2Repaired(),
            stats.l2Refused(),
            stats.l3Reads()));
  }

  /** One write call a line: a line that arrives is whole. */
  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
