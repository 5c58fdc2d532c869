// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.TimeSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RevisionClockTest {
  private final AtomicLong wall = new AtomicLong(1_000);
  private final TimeSource time =
      new TimeSource() {
        @Override
        public long currentTimeMillis() {
          return wall.get();
        }

        @Override
        public long nanoTime() {
          return 0;
        }
      };

  @Test
  void versionsAreMillisecondsAndACounter() {
    RevisionClock clock = new RevisionClock(time, 0);
    assertThat(clock.next()).isEqualTo(1_000L << 16);
    assertThat(clock.next()).isEqualTo((1_000L << 16) + 1);
    wall.set(1_001);
    assertThat(clock.next()).isEqualTo(1_001L << 16);
    assertThat(clock.millisAhead(clock.ceiling())).isZero();
  }

  @Test
  void itNeverGoesBack() {
    RevisionClock clock = new RevisionClock(time, 0);
    long before = clock.next();
    wall.set(10);
    assertThat(clock.next()).isEqualTo(before + 1);
    assertThat(clock.millisAhead(clock.ceiling())).isEqualTo(990);
  }

  @Test
  void itPassesWhatItIsShown() {
    RevisionClock clock = new RevisionClock(time, 5_000L << 16);
    assertThat(clock.next()).isEqualTo((5_000L << 16) + 1);
    clock.observe(9_000L << 16);
    clock.observe(8_000L << 16);
    assertThat(clock.next()).isEqualTo((9_000L << 16) + 1);
  }

  @Test
  void aCounterThatOverflowsKeepsTheOrder() {
    RevisionClock clock = new RevisionClock(time, 0);
    long last = 0;
    for (int i = 0; i < 70_000; i++) {
      long next = clock.next();
      assertThat(next > last).isTrue();
      last = next;
    }
    assertThat(last >>> 16).isEqualTo(1_001);
  }

  @Test
  void threadsNeverGetTheSame() throws Exception {
    RevisionClock clock = new RevisionClock(time, 0);
    Set<Long> all = ConcurrentHashMap.newKeySet();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  all.add(clock.next());
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join(20_000);
    }
    assertThat(all).hasSize(20_000);
  }
}
