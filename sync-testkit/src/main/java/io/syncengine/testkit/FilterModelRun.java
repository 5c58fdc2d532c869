// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.ExistenceFilter;
import io.syncengine.spi.ExistenceFilterProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random operations on a filter and on a multiset of ids, which is kept as a count of each id. */
final class FilterModelRun {
  private static final int MOST_COPIES = 3;
  private static final int FIRST_IDS = 1_000;
  private static final int LOOKS_AN_OPERATION = 2;

  private final ExistenceFilterProvider provider;
  private final SplittableRandom random;
  private final long salt;
  private byte[] copies = new byte[FIRST_IDS];
  private long total;
  private ExistenceFilter filter;

  FilterModelRun(ExistenceFilterProvider provider, long seed) {
    this.provider = provider;
    this.random = new SplittableRandom(seed);
    this.salt = random.nextLong();
    this.filter = provider.create(FIRST_IDS);
  }

  void run(int operations) throws IOException {
    int checkEvery = Math.max(1, operations / 12);
    for (int i = 1; i <= operations; i++) {
      int id = random.nextInt(copies.length);
      if (random.nextInt(100) < 60) {
        add(id);
      } else {
        remove(id);
      }
      for (int look = 0; look < LOOKS_AN_OPERATION; look++) {
        requireSeen(random.nextInt(copies.length));
      }
      if (i % checkEvery == 0) {
        checkAll();
        writeAndRead();
        moreIds();
      }
    }
    checkAll();
  }

  private void add(int id) {
    if (copies[id] == MOST_COPIES) {
      return;
    }
    if (filter.count() >= filter.capacity() || !filter.add(hash(id))) {
      checkAll();
      grow();
      assertThat(filter.add(hash(id))).as("room after growing").isTrue();
    }
    copies[id]++;
    total++;
    requireSeen(id);
  }

  private void remove(int id) {
    if (copies[id] > 0) {
      assertThat(filter.remove(hash(id))).as("removed what was added").isTrue();
      copies[id]--;
      total--;
      requireSeen(id);
    }
  }

  /** A larger one, filled from the ids. */
  private void grow() {
    ExistenceFilter larger = provider.create(2 * filter.capacity());
    for (int id = 0; id < copies.length; id++) {
      for (int copy = 0; copy < copies[id]; copy++) {
        assertThat(larger.add(hash(id))).as("room in a larger filter").isTrue();
      }
    }
    filter = larger;
  }

  private void moreIds() {
    copies = Arrays.copyOf(copies, copies.length + copies.length / 2);
  }

  private void writeAndRead() throws IOException {
    byte[] written = ExistenceFilterContract.written(filter);
    filter = provider.read(new ByteArrayInputStream(written));
    checkAll();
  }

  private void checkAll() {
    assertThat(filter.count()).as("count").isEqualTo(total);
    for (int id = 0; id < copies.length; id++) {
      requireSeen(id);
    }
  }

  private void requireSeen(int id) {
    if (copies[id] > 0 && !filter.mightContain(hash(id))) {
      throw new AssertionError("an id that was added " + copies[id] + " times is missed");
    }
  }

  /** As evenly spread as that of an id, and much faster. */
  private long hash(int id) {
    long z = (salt + id) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
