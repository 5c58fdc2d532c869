// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.ACCEPTED_AT;
import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TombstonePurge;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Of {@link TierContract}: several writers and readers at once.
 *
 * @since 0.1
 */
public interface ConcurrencyClauses extends TierClauses {
  /**
   * Two writers of the same ids: exactly one sees each id absent, the highest revision stays.
   *
   * @param seed of the writes
   */
  @ParameterizedTest
  @SeedSource(2)
  default void twoWritersOfTheSameIdsSeeEachOthersRows(long seed) {
    Tier one = tiers().open(tiers().config().withInstanceId("one"));
    Tier two = tiers().open(tiers().config().withInstanceId("two"));
    List<List<Entry>> ofOne = batches(new Random(seed), "one");
    List<List<Entry>> ofTwo = batches(new Random(~seed), "two");

    CompletableFuture<Integer> created =
        Concurrently.run(() -> applyAll(one, ofOne))
            .thenCombine(Concurrently.run(() -> applyAll(two, ofTwo)), Integer::sum);

    TreeMap<String, Revision> highest = new TreeMap<>();
    List<List<Entry>> all = new ArrayList<>(ofOne);
    all.addAll(ofTwo);
    all.forEach(
        b -> b.forEach(e -> highest.merge(e.id(), e.revision(), (x, y) -> x.isAbove(y) ? x : y)));
    assertThat(created.join()).as("ids seen absent").isEqualTo(highest.size());
    highest.forEach(
        (id, revision) -> assertThat(tiers().loadExisting(one, id).revision()).isEqualTo(revision));
  }

  /** A reader beside a writer never sees an id go back, nor a head that is ahead of the rows. */
  @Test
  default void aReaderBesideAWriterNeverSeesAnIdGoBack() {
    Tier tier = tiers().open();
    Tier reader = tiers().open();
    CompletableFuture<Void> writer =
        Concurrently.run(
            () -> {
              for (int version = 1; version <= 300; version++) {
                long v = version;
                Concurrently.retried(
                    () -> tiers().apply(tier, value("a", v, "x"), value("b", v, "y")));
              }
              return null;
            });

    long seen = 0;
    long head = -1; // what a tier says that cannot tell
    while (!writer.isDone()) {
      var loaded = reader.load(List.of("a"));
      Entry a = loaded.found().get("a");
      long version = a == null ? 0 : a.version();
      assertThat(version).isGreaterThanOrEqualTo(seen);
      assertThat(loaded.head()).isGreaterThanOrEqualTo(head);
      if (loaded.head() >= 0) {
        assertThat(version).as("rows up to the head").isGreaterThanOrEqualTo(loaded.head());
      }
      seen = version;
      head = loaded.head();
    }
    writer.join();
    assertThat(tiers().loadExisting(reader, "a").version()).isEqualTo(300);
  }

  /** Purges of two instances at a time remove each tombstone once. */
  @Test
  default void twoPurgesAtATimeRemoveEachTombstoneOnce() {
    Tier one = tiers().open(tiers().config().withInstanceId("one"));
    Tier two = tiers().open(tiers().config().withInstanceId("two"));
    TombstonePurge first = tiers().purge(one);
    TombstonePurge second = tiers().purge(two);
    List<Entry> dead = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      dead.add(tombstone("id" + i, 1));
    }
    one.apply(Entries.batch(dead));

    int removed =
        Concurrently.run(() -> purgeAll(first))
            .thenCombine(Concurrently.run(() -> purgeAll(second)), Integer::sum)
            .join();

    // One may have ended early because the other was at work.
    removed += purgeAll(first);
    assertThat(removed).isEqualTo(500);
    assertThat(one.load(dead.stream().map(Entry::id).toList()).found()).isEmpty();
  }

  private static int purgeAll(TombstonePurge purge) {
    int removed = 0;
    int last = 1;
    while (last > 0) {
      last = Concurrently.retried(() -> purge.purge(ACCEPTED_AT + 1, 20));
      removed += last;
    }
    return removed;
  }

  /** Returns how many ids it saw absent. */
  private static int applyAll(Tier tier, List<List<Entry>> batches) {
    int created = 0;
    for (List<Entry> batch : batches) {
      ApplyResult result = Concurrently.retried(() -> tier.apply(batch));
      created +=
          (int)
              result.outcomes().stream()
                  .filter(o -> o.kind() == Kind.APPLIED)
                  .filter(o -> present(o.before(), "before-state").equals(Before.ABSENT))
                  .count();
    }
    return created;
  }

  private static List<List<Entry>> batches(Random random, String origin) {
    List<List<Entry>> batches = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      TreeMap<String, Entry> batch = new TreeMap<>();
      int size = 1 + random.nextInt(20);
      for (int j = 0; j < size; j++) {
        String id = "id" + random.nextInt(200);
        long version = 1L + random.nextInt(1_000);
        Entry entry =
            random.nextInt(4) == 0 ? tombstone(id, version) : value(id, version, origin + i);
        batch.put(id, entry.toBuilder().origin(origin).build());
      }
      batches.add(Entries.batch(batch.values()));
    }
    return batches;
  }
}
