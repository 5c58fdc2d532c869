// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes until a commit is seen in another process. One process writes an id again and
 * again; the others read it from memory again and again, and note when they first saw which
 * version.
 */
final class Propagation {
  private static final String LAST = "last";
  private static final long LOOK_NANOS = 200_000;
  private static final int LEAST_PAUSE_MILLIS = 5;
  private static final int PAUSES_MILLIS = 30;

  private Propagation() {}

  /**
   * Commits so many times, at random moments; a line {@code version nanos} each when it is told.
   */
  static void time(SyncEngine engine, Path file, String id, int count) throws IOException {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Receipt receipt =
          engine.submit(SyncItem.of(id, i == count - 1 ? LAST : "" + i), Ack.PERSISTED);
      lines.add(receipt.version() + " " + System.nanoTime());
      int millis = LEAST_PAUSE_MILLIS + random.nextInt(PAUSES_MILLIS);
      LockSupport.parkNanos(millis * 1_000_000L);
    }
    Files.write(file, lines);
  }

  /** Until the last is seen; a line {@code version nanos} for each version that was. */
  static void watch(SyncEngine engine, Path file, String id) throws IOException {
    List<String> lines = new ArrayList<>();
    long last = 0;
    boolean more = true;
    while (more) {
      SyncItem item = engine.get(id).orElse(null);
      if (item != null && item.version() > last) {
        last = item.version();
        lines.add(last + " " + System.nanoTime());
        more = !item.contentAsString().equals(LAST);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    Files.write(file, lines);
  }

  /**
   * For each commit, how long after it was told a watcher saw it or a later one, in milliseconds.
   */
  static List<Double> between(Path committed, Path watched) throws IOException {
    NavigableMap<Long, Long> seen = lines(watched);
    List<Double> millis = new ArrayList<>();
    for (Map.Entry<Long, Long> commit : lines(committed).entrySet()) {
      long at = seen.ceilingEntry(commit.getKey()).getValue();
      millis.add(Math.max(0, at - commit.getValue()) / 1e6);
    }
    return millis;
  }

  private static NavigableMap<Long, Long> lines(Path file) throws IOException {
    NavigableMap<Long, Long> lines = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(" ");
      lines.put(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }
    return lines;
  }
}
