// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files do not grow with what passes through the log, only with what is in it. */
class LogSizeTest {
  private static final int CHECKPOINT = 512 << 10;
  private static final List<Entry> GROUP =
      Collections.nCopies(10, Entries.value("id", 1, new byte[5_000]));
  private static final int KEPT = 20;
  private static final long BOUND = 8L << 20;

  @TempDir private Path directory;

  @Test
  void steadyAppendsAndTruncationsStayWithinABound() throws Exception {
    try (WriteAheadLog log = open()) {
      for (int i = 0; i < 1_000; i++) {
        long group = log.append(GROUP, i);
        log.truncateBelow(group - KEPT);
        assertThat(filesSize()).isLessThan(BOUND);
        assertThat(log.bytes()).isLessThan(2L << 20);
      }
    }
  }

  @Test
  void readersThatNeverPauseDoNotMakeItGrow() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    AtomicLong newest = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    try (WriteAheadLog log = open()) {
      newest.set(log.append(GROUP, 1));
      List<Future<?>> readers =
          List.of(
              threads.submit(() -> readUntil(stop, log, newest)),
              threads.submit(() -> readUntil(stop, log, newest)));
      for (int i = 0; i < 400; i++) {
        long group = log.append(GROUP, i);
        newest.set(group);
        log.truncateBelow(group - KEPT);
        assertThat(filesSize()).isLessThan(2 * BOUND);
      }
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get(30, TimeUnit.SECONDS);
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void aDrainedLogGivesItsSpaceBack() throws Exception {
    try (WriteAheadLog log = open()) {
      List<Entry> large = List.of(Entries.value("id", 1, new byte[8 << 20]));
      long last = 0;
      for (int i = 0; i < 10; i++) {
        last = log.append(large, i);
      }
      assertThat(log.bytes()).isGreaterThan(80L << 20);
      assertThat(filesSize()).isGreaterThan(80L << 20);
      long kept = log.append(GROUP, 1);
      log.truncateBelow(last + 1);
      assertThat(log.bytes()).isLessThan(1L << 20);
      assertThat(log.read(new LogPlace(kept, 3))).isPresent();
      assertThat(log.append(GROUP, 1)).isGreaterThan(kept);
    }
    assertThat(filesSize()).isLessThan(1L << 20);
  }

  private static void readUntil(AtomicBoolean stop, WriteAheadLog log, AtomicLong newest) {
    int i = 0;
    while (!stop.get()) {
      log.read(new LogPlace(newest.get(), i++ % GROUP.size()));
    }
  }

  private WriteAheadLog open() {
    return LogDirectory.open(
        TestLogConfig.at(directory.resolve("log.db"))
            .withProperties(
                Map.of(
                    LogOptions.CHECKPOINT_BYTES,
                    String.valueOf(CHECKPOINT),
                    LogOptions.RESERVE_BYTES,
                    "0")));
  }

  private long filesSize() throws IOException {
    long size = 0;
    for (String suffix : new String[] {"", "-wal"}) {
      Path file = directory.resolve("log.db" + suffix);
      size += Files.exists(file) ? Files.size(file) : 0;
    }
    return size;
  }
}
