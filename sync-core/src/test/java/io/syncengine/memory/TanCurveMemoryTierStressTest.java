// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.SyncItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Everything at once; afterwards the books must balance. */
@Timeout(60)
class TanCurveMemoryTierStressTest {
  private static final int THREADS = 4;
  private static final int OPERATIONS = 50_000;
  private static final int IDS = 600;
  private static final long ROOM = 100_000;
  private static final int LARGEST = 900;

  private final TanCurveMemoryTier tier = new TanCurveMemoryTier(new TestConfig(ROOM, 1));
  private final ReentrantLock[] stripes = new ReentrantLock[32];
  // Guarded by the stripe of the id: the version that the last put or invalidate left, 0 for none.
  private final long[] last = new long[IDS];

  TanCurveMemoryTierStressTest() {
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new ReentrantLock();
    }
  }

  @RepeatedTest(3)
  void bytesAndCountAreThoseOfTheItemsHeld() throws Exception {
    long seed = Seeds.printed();
    List<Callable<Void>> work = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Random random = new Random(seed + t);
      work.add(() -> operate(random));
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdown();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    check();
    tier.resize(ROOM / 2);
    assertThat(tier.bytes()).isLessThanOrEqualTo(ROOM / 2);
    check();
    tier.clear();
    assertThat(tier.bytes()).isZero();
    assertThat(tier.count()).isZero();
  }

  private Void operate(Random random) {
    long bound = ROOM + (ROOM >> 6) + THREADS * (Footprint.OVERHEAD + LARGEST + 10);
    for (int i = 0; i < OPERATIONS; i++) {
      int n = Math.min(random.nextInt(IDS), random.nextInt(IDS));
      int action = random.nextInt(1000);
      if (action < 500) {
        readIsOneOf(tier.get("id" + n), n);
      } else if (action < 990) {
        write(n, action < 900, random.nextInt(4) * LARGEST / 3);
      } else if (action < 997) {
        tier.resize(action % 2 == 0 ? ROOM : ROOM / 2);
      } else if (action < 999) {
        readIsOneOf(tier.peek("id" + n), n);
      } else {
        tier.clear();
      }
      assertThat(tier.bytes()).isLessThanOrEqualTo(bound);
    }
    return null;
  }

  private static void readIsOneOf(SyncItem read, int n) {
    if (read != null) {
      assertThat(read.id()).isEqualTo("id" + n);
    }
  }

  private void write(int n, boolean put, int size) {
    ReentrantLock stripe = stripes[n % stripes.length];
    stripe.lock();
    try {
      SyncItem before = tier.peek("id" + n);
      if (before != null) {
        assertThat(before.version()).isEqualTo(last[n]);
      }
      if (put) {
        last[n]++;
        tier.put(TestConfig.item("id" + n, size, last[n]));
      } else {
        tier.invalidate("id" + n);
        assertThat(tier.peek("id" + n)).isNull();
      }
    } finally {
      stripe.unlock();
    }
  }

  private void check() {
    long count = 0;
    long bytes = 0;
    for (int n = 0; n < IDS; n++) {
      SyncItem item = tier.peek("id" + n);
      if (item != null) {
        assertThat(item.version()).isEqualTo(last[n]);
        count++;
        bytes += Footprint.of(item);
      }
    }
    assertThat(tier.count()).isEqualTo(count);
    assertThat(tier.bytes()).isEqualTo(bytes);
  }
}
