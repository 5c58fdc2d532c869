// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.committed;
import static io.syncengine.testkit.Entries.committedTombstone;
import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Of {@link CacheContract}: what was put is read, bit by bit, under exactly its id.
 *
 * @since 0.1
 */
public interface CacheStorageClauses extends CacheClauses {
  /** How long a cache of {@link #whatNobodyWritesGoes} keeps things. */
  Duration SHORT_TIME_TO_LIVE = Duration.ofSeconds(2);

  /** Nothing there. */
  @Test
  default void whatIsNotHeldIsLeftOut() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 1), 1));

    assertThat(cache.get(space, List.of("b"))).isEmpty();
    assertThat(cache.get(space, List.of("b", "a"))).containsOnlyKeys("a");
    assertThat(cache.get(space, List.of())).isEmpty();
    assertThat(cache.put(space, List.of(), caches()::head)).isEmpty();
  }

  /** Ids compare by bytes. */
  @Test
  default void idsAreWhatTheirBytesAre() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    List<Entry> entries = new ArrayList<>();
    StorageClauses.DISTINCT_IDS.forEach(id -> entries.add(committed(id, 1, "of " + id, 3)));

    List<CacheOutcome> outcomes =
        caches().told(cache, space, entries.stream().map(e -> CacheWrite.put(e, 3)).toList());

    assertThat(outcomes).containsOnly(CacheOutcome.STORED);
    Map<String, Entry> found = cache.get(space, StorageClauses.DISTINCT_IDS);
    assertThat(found).hasSize(entries.size());
    for (Entry entry : entries) {
      caches().assertHeld(found.get(entry.id()), entry);
      caches().assertHeld(caches().get(cache, space, entry.id()), entry);
    }
  }

  /** Contents are bytes. */
  @Test
  default void contentsAreKeptBitByBit() {
    byte[] allBytes = new byte[256];
    for (int i = 0; i < allBytes.length; i++) {
      allBytes[i] = (byte) i;
    }
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    List<Entry> entries =
        List.of(
            Entries.value("all", 1, allBytes),
            Entries.value("empty", 1, ""),
            Entries.value("large", 1, large),
            Entries.value("text", 1, "\u00e9\ud83d\ude00 'quoted\" \\r\r\n"),
            Entries.value("zero", 1, new byte[1]));

    for (Entry entry : entries) {
      assertThat(caches().told(cache, space, CacheWrite.put(entry, 1)))
          .containsExactly(CacheOutcome.STORED);
      caches().assertHeld(caches().get(cache, space, entry.id()), entry);
    }
    Entry empty = present(caches().get(cache, space, "empty"), "entry");
    assertThat(empty.tombstone()).as("an empty value is a tombstone").isFalse();
  }

  /** Everything that stands beside the content, of values and tombstones. */
  @Test
  default void allFieldsAreKept() {
    byte[] hash = new byte[Revision.HASH_BYTES];
    Arrays.fill(hash, (byte) 0xFF);
    Entry full =
        Entry.builder("full")
            .value(Revision.ofValue(Long.MAX_VALUE - 1, hash), (byte) 7, new byte[] {1, 0, -1})
            .acceptedAtMillis(1_234_567_890_123L)
            .mergeType((byte) 3)
            .sequence(Long.MAX_VALUE - 3)
            .origin("instance-\u00e9")
            .trace(
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "s=" + "1".repeat(510))
            .build();
    Entry bare =
        Entry.builder("full")
            .value(Revision.ofValue(Long.MAX_VALUE, hash), (byte) -128, new byte[] {9})
            .mergeType((byte) -1)
            .sequence(1)
            .build();
    Entry deleted =
        committedTombstone("deleted", 9, 4).toBuilder()
            .origin("b")
            .mergeType((byte) 3)
            .trace("t", "s")
            .build();
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);

    caches().told(cache, space, CacheWrite.put(deleted, 4));
    caches().told(cache, space, CacheWrite.put(full, Long.MAX_VALUE - 2));
    caches().assertHeld(caches().get(cache, space, "full"), full);
    caches().assertHeld(caches().get(cache, space, "deleted"), deleted);

    caches().told(cache, space, CacheWrite.put(bare, Long.MAX_VALUE - 1));
    caches().assertHeld(caches().get(cache, space, "full"), bare);
  }

  /** Of a replaced value nothing is left. */
  @Test
  default void aTombstoneLeavesNothingOfTheValue() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry secret =
        committed("a", 1, "secret", 1).toBuilder().trace("t", "s").mergeType((byte) 3).build();
    Entry deleted = committedTombstone("a", 2, 2);
    caches().told(cache, space, CacheWrite.put(secret, 1));

    caches().told(cache, space, CacheWrite.put(deleted, 2));

    Entry held = present(caches().get(cache, space, "a"), "entry");
    caches().assertHeld(held, deleted);
    assertThat(held.contentLength()).isZero();
  }

  /** One call for many ids, in no order. */
  @Test
  default void manyIdsArePutAndReadInOneCall() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    List<CacheWrite> writes = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      ids.add("id" + i);
      writes.add(
          i % 5 == 0
              ? CacheWrite.drop("id" + i, Revision.ofTombstone(1), 9)
              : CacheWrite.put(committed("id" + i, 1, "content " + i, 9), 9));
    }
    Collections.shuffle(writes, new Random(1));
    Collections.shuffle(ids, new Random(2));

    List<CacheOutcome> outcomes = caches().told(cache, space, writes);

    Map<String, Entry> found = cache.get(space, ids);
    for (int i = 0; i < writes.size(); i++) {
      CacheWrite write = writes.get(i);
      assertThat(outcomes.get(i))
          .isEqualTo(write.entry() == null ? CacheOutcome.ABSENT : CacheOutcome.STORED);
      if (write.entry() == null) {
        assertThat(found).doesNotContainKey(write.id());
      } else {
        caches().assertHeld(found.get(write.id()), write.entry());
      }
    }
    assertThat(found).hasSize(4_000);
  }

  /** A cache keeps no more than somebody cares for; give or take a tenth. */
  @Test
  default void whatNobodyWritesGoes() {
    Cache cache = caches().open(caches().config().withTimeToLive(SHORT_TIME_TO_LIVE));
    CacheSpace space = caches().begun(cache);
    List<String> ids = new ArrayList<>();
    List<CacheWrite> writes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add("id" + i);
      writes.add(CacheWrite.put(committed("id" + i, 1, "x", 1), 1));
    }

    long start = System.nanoTime();
    caches().told(cache, space, writes);
    int held = cache.get(space, ids).size();
    boolean early = System.nanoTime() - start < SHORT_TIME_TO_LIVE.toNanos() / 2;
    passTime(SHORT_TIME_TO_LIVE.plus(SHORT_TIME_TO_LIVE.dividedBy(5)));

    assertThat(early && held < ids.size()).as("gone before its time").isFalse();
    for (int i = 0; i < 50 && !cache.get(space, ids).isEmpty(); i++) {
      passTime(Duration.ofMillis(100));
    }
    assertThat(cache.get(space, ids)).as("held beyond its time").isEmpty();
  }

  /**
   * Lets time pass for the cache.
   *
   * @param time how much; waits as long unless overridden, as for a clock that the test turns
   */
  default void passTime(Duration time) {
    Concurrently.pause(time);
  }
}
