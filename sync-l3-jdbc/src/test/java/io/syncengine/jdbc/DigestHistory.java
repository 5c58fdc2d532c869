// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.ItemId;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Sums;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Random writes, and what they come to. They commute: whatever the order, of each id the highest
 * revision stays. For one thread.
 */
final class DigestHistory {
  private static final int STEPS = 240;
  private static final int MANY = 200;
  private static final int FEW = 5;
  private static final int LARGEST_BATCH = 20;

  /** An id that is live in the end, so that something is. */
  private static final String LIVE = "a";

  /** Ids are made of these, so that some differ by case alone and some begin with others. */
  private static final List<String> PARTS = List.of("a", "A", "b", ".", "\u00e9", "\ud83d\ude00");

  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Entry> highest = new TreeMap<>(ItemId.BYTE_ORDER);

  /** Makes the history of a seed: of few ids with many revisions each, or of many. */
  DigestHistory(long seed) {
    Random random = new Random(seed);
    boolean few = random.nextBoolean();
    List<String> ids = ids(random, few ? FEW : MANY);
    for (int i = 0; i < STEPS; i++) {
      Entry entry = anEntry(random, ids.get(random.nextInt(ids.size())), few ? 60 : 6);
      add(new Step(entry, random.nextInt(5) == 0));
      if (random.nextInt(10) == 0) {
        add(new Step(entry, random.nextBoolean()));
      }
    }
    add(new Step(anItem(random, LIVE, 100), false));
  }

  /**
   * A write.
   *
   * @param restoring whether it puts a row right
   */
  record Step(Entry entry, boolean restoring) {}

  private void add(Step step) {
    steps.add(step);
    highest.merge(
        step.entry().id(), step.entry(), (a, b) -> a.revision().isAbove(b.revision()) ? a : b);
  }

  private static List<String> ids(Random random, int count) {
    Set<String> ids = new LinkedHashSet<>(List.of(LIVE, "A", "a.b"));
    while (ids.size() < count) {
      StringBuilder id = new StringBuilder();
      for (int i = 0; i <= random.nextInt(6); i++) {
        id.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      ids.add(id.toString());
    }
    return List.copyOf(ids);
  }

  /** Versions and contents are so few that some are equal. */
  private static Entry anEntry(Random random, String id, int versions) {
    long version = 1L + random.nextInt(versions);
    return random.nextInt(4) == 0 ? Entries.tombstone(id, version) : anItem(random, id, version);
  }

  private static Entry anItem(Random random, String id, long version) {
    byte[] content = new byte[1 + random.nextInt(3)];
    random.nextBytes(content);
    return Entries.value(id, version, content);
  }

  /** All writes in a random order, in random batches, for a number of writers. */
  List<List<List<Step>>> parts(Random random, int writers) {
    List<Step> shuffled = new ArrayList<>(steps);
    Collections.shuffle(shuffled, random);
    List<List<List<Step>>> parts = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      int from = shuffled.size() * i / writers;
      parts.add(batches(random, shuffled.subList(from, shuffled.size() * (i + 1) / writers)));
    }
    return parts;
  }

  /** A batch has each id once, and all in it are restored or none. */
  private static List<List<Step>> batches(Random random, List<Step> steps) {
    List<List<Step>> batches = new ArrayList<>();
    Map<String, Step> batch = new TreeMap<>(ItemId.BYTE_ORDER);
    int size = 1 + random.nextInt(LARGEST_BATCH);
    for (Step step : steps) {
      boolean fits =
          batch.size() < size
              && !batch.containsKey(step.entry().id())
              && batch.values().stream().allMatch(s -> s.restoring() == step.restoring());
      if (!fits) {
        batches.add(List.copyOf(batch.values()));
        batch.clear();
        size = 1 + random.nextInt(LARGEST_BATCH);
      }
      batch.put(step.entry().id(), step);
    }
    batches.add(List.copyOf(batch.values()));
    return batches;
  }

  /** An item that is there in the end. */
  Entry live() {
    return highest.get(LIVE);
  }

  /** The digests of all buckets in the end, from the definition. */
  byte[] buckets() {
    return Sums.of(
        highest.values().stream()
            .map(e -> new Header(e.id(), e.revision(), 0, new byte[0]))
            .toList());
  }
}
