// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Rough figures of this machine: how fast memory answers, writes are taken and items reach SQLite,
 * and what an item costs in memory. A plain loop without forks; not a benchmark to compare with.
 */
public final class FirstFigures {
  private static final int IN_FLIGHT = 4096;

  private final int items;
  private final int rounds;
  private final Path folder;

  private FirstFigures(Path folder, int items, int rounds) {
    this.folder = folder;
    this.items = items;
    this.rounds = rounds;
  }

  /**
   * Measures in a folder, which should be empty.
   *
   * @param args the folder, then how many items, then how many rounds
   */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    int items = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    FirstFigures figures = new FirstFigures(folder, items, rounds);
    for (int size : new int[] {100, 1024}) {
      figures.inMemory(size);
      figures.intoSqlite(size, false);
      figures.intoSqlite(size, true);
    }
  }

  private SyncItem[] made(int size) {
    Random random = new Random(size);
    SyncItem[] made = new SyncItem[items];
    for (int i = 0; i < items; i++) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      made[i] = SyncItem.of("figures.item." + i, content);
    }
    return made;
  }

  private void inMemory(int size) {
    SyncItem[] made = made(size);
    try (SyncEngine engine =
        SyncEngine.open(SyncEngineConfig.builder().l1MaxBytes(2L << 30).build())) {
      for (int round = 0; round < rounds; round++) {
        long start = System.nanoTime();
        for (SyncItem item : made) {
          engine.submit(item, Ack.MEMORY);
        }
        report("submit at MEMORY", size, round, start);
        engine.flush();
      }
      long perItem = engine.stats().l1Bytes() / engine.stats().l1Items();
      System.out.printf("%d bytes: %d bytes an item in L1%n", size, perItem);
      for (int round = 0; round < rounds; round++) {
        long start = System.nanoTime();
        long sum = 0;
        for (SyncItem item : made) {
          sum += engine.get(item.id()).orElseThrow().version();
        }
        report("get from L1 (check " + sum % 10 + ")", size, round, start);
      }
    }
  }

  private void intoSqlite(int size, boolean log) {
    SyncItem[] made = made(size);
    String name = size + (log ? "-log" : "-plain");
    SyncEngineConfig.Builder config =
        SyncEngineConfig.builder().sqlUrl("sqlite:" + folder.resolve(name + ".db"));
    if (log) {
      config.walPath(folder.resolve(name + ".wal"));
    }
    try (SyncEngine engine = SyncEngine.open(config.build())) {
      Ack ack = log ? Ack.LOGGED : Ack.PERSISTED;
      for (int round = 0; round < rounds; round++) {
        long start = System.nanoTime();
        Queue<CompletableFuture<Receipt>> inFlight = new ArrayDeque<>();
        for (SyncItem item : made) {
          if (inFlight.size() == IN_FLIGHT) {
            inFlight.remove().join();
          }
          inFlight.add(engine.submitAsync(item, ack));
        }
        inFlight.forEach(CompletableFuture::join);
        report("submit at " + ack, size, round, start);
        engine.flush();
        report("all in SQLite, " + (log ? "with" : "without") + " log", size, round, start);
      }
    }
  }

  private void report(String what, int size, int round, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    System.out.printf("%d bytes, round %d: %s: %,.0f/s%n", size, round, what, items / seconds);
  }
}
