// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import io.syncengine.spi.ExistenceFilter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/**
 * Figures of a filter with ten million ids beside exact sets of their hashes, not part of the
 * build: {@code mvn test -pl sync-core -Dtest=FilterFigures -DargLine=-Xmx2g}. The ids that are
 * asked for are random, so each answer comes from memory that no cache holds; all take turns, so
 * that the machine's moods hit all.
 */
class FilterFigures {
  private static final int IDS = 10_000_000;
  private static final int ASKED = 4_000_000;
  private static final int ROUNDS = 5;

  @Test
  void tenMillionIds() {
    SplittableRandom random = new SplittableRandom(42);
    ExistenceFilter filter = new CuckooFilterProvider().create(IDS);
    long[] ids = random.longs(IDS).toArray();
    long begin = System.nanoTime();
    for (long id : ids) {
      if (!filter.add(id)) {
        throw new AssertionError("full");
      }
    }
    say("add: %.0f ns", (System.nanoTime() - begin) / (double) IDS);
    Set<Long> set = new HashSet<>(2 * IDS);
    for (long id : ids) {
      set.add(id);
    }
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    for (int round = 0; round < ROUNDS; round++) {
      long[] absent = random.longs(ASKED).toArray();
      long[] present = random.ints(ASKED, 0, IDS).mapToLong(i -> ids[i]).toArray();
      say(
          "absent, present: filter %.0f, %.0f ns; HashSet %.0f, %.0f ns; sorted array %.0f, %.0f ns",
          nanos(absent, filter::mightContain),
          nanos(present, filter::mightContain),
          nanos(absent, set::contains),
          nanos(present, set::contains),
          nanos(absent, id -> Arrays.binarySearch(sorted, id) >= 0),
          nanos(present, id -> Arrays.binarySearch(sorted, id) >= 0));
    }
    long asked = 40_000_000;
    long wrong = random.longs(asked).filter(filter::mightContain).count();
    say(
        "false: %.4f %%, told %.4f %%; %.2f bytes an id",
        100.0 * wrong / asked, 100 * filter.falsePositiveRate(), (double) filter.bytes() / IDS);
  }

  private static double nanos(long[] ids, LongPredicate has) {
    long begin = System.nanoTime();
    long found = 0;
    for (long id : ids) {
      found += has.test(id) ? 1 : 0;
    }
    double nanos = (System.nanoTime() - begin) / (double) ids.length;
    if (found < 0) {
      throw new AssertionError();
    }
    return nanos;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(format, values));
  }
}
