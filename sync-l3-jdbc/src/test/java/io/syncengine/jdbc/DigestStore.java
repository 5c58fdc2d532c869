// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.Header;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Sums;
import io.syncengine.testkit.TestTierConfig;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A ground truth in which two tiers, each on a thread of its own, make the same history as all
 * others do, each in its way: in another order, in other batches, with folds, reads of digests and
 * trims in between, and with one crash at each step of a commit and of a fold.
 *
 * @param name for messages
 * @param folds whether digests are stored there, and not summed anew for whoever asks
 * @param maker makes a tier that is not open
 * @param config where the store is
 */
record DigestStore(String name, boolean folds, Supplier<Tier> maker, TestTierConfig config) {
  private static final int WRITERS = 2;

  private static final Set<FailPoint> OF_A_COMMIT =
      EnumSet.of(
          FailPoint.TIER_HEAD,
          FailPoint.TIER_FENCE,
          FailPoint.TIER_ROWS,
          FailPoint.TIER_COMMIT,
          FailPoint.TIER_COMMITTED);

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Makes the history.
   *
   * @param fenced whether revisions are compared
   */
  void make(DigestHistory history, Random random, boolean fenced) throws Exception {
    Set<FailPoint> crashes = EnumSet.copyOf(OF_A_COMMIT);
    if (folds) {
      crashes.add(FailPoint.TIER_DIGESTS);
    }
    CrashPoints points = new CrashPoints();
    if (!fenced) {
      crashes.remove(FailPoint.TIER_FENCE);
      points.leaveOut(FailPoint.TIER_FENCE);
    }
    crashes.forEach(p -> points.throwAt(p, 1 + random.nextInt(latest(p)), Crash::new));
    List<List<List<DigestHistory.Step>>> parts = history.parts(random, WRITERS);
    long seed = random.nextLong();
    List<Integer> crashed =
        AtOnce.run(WRITERS, n -> new Writer(this, points, seed + n, n).write(parts.get(n)));
    assertThat(crashed.stream().mapToInt(Integer::intValue).sum())
        .as("crashes in %s", name)
        .isEqualTo(crashes.size());
  }

  /** By when a step was reached so often in any history. */
  private static int latest(FailPoint point) {
    return point == FailPoint.TIER_DIGESTS ? 1 : 6;
  }

  /** One of two that write at once. */
  private static final class Writer {
    private final DigestStore store;
    private final TestTierConfig config;
    private final Random random;
    private Tier tier;
    private int crashes;

    Writer(DigestStore store, CrashPoints points, long seed, int number) {
      this.store = store;
      this.config = store.config.withFailPoints(points).withInstanceId("writer-" + number);
      this.random = new Random(seed);
      this.tier = store.open(config);
    }

    int write(List<List<DigestHistory.Step>> batches) {
      for (List<DigestHistory.Step> batch : batches) {
        List<Entry> entries = batch.stream().map(DigestHistory.Step::entry).toList();
        if (batch.get(0).restoring()) {
          surviving(t -> t.capability(Restore.class).orElseThrow().restore(entries));
        } else {
          surviving(t -> t.apply(entries));
        }
        int dice = random.nextInt(12);
        surviving(t -> t.capability(Digests.class).ifPresent(d -> keep(t, d, dice)));
      }
      surviving(t -> t.capability(Digests.class).ifPresent(Digests::fold));
      tier.close();
      return crashes;
    }

    /** Mostly nothing. */
    private static void keep(Tier tier, Digests digests, int dice) {
      switch (dice) {
        case 0, 1 -> digests.fold();
        case 2 -> digests.digests(2, List.of(0, 255));
        case 3 -> digests.digests(0, List.of(0));
        case 4 ->
            tier.capability(ChangeRetention.class)
                .ifPresent(r -> r.trim(Long.MAX_VALUE, Long.MAX_VALUE, 10));
        default -> {}
      }
    }

    /** Does it until it is through; who crashed begins again with a new tier. */
    private void surviving(Consumer<Tier> work) {
      while (true) {
        try {
          work.accept(tier);
          return;
        } catch (Crash e) {
          crashes++;
          tier.close();
          tier = store.open(config);
        }
      }
    }
  }

  private Tier open(TestTierConfig with) {
    Tier tier = maker.get();
    tier.open(with);
    return tier;
  }

  private interface Asking<T> {
    T of(Tier tier);
  }

  /** Asks a tier that is opened for this alone. */
  private <T> T with(Asking<T> asking) {
    Tier tier = open(config);
    try {
      return asking.of(tier);
    } finally {
      tier.close();
    }
  }

  /** Checks all that the store tells of digests against those of all buckets, folded and not. */
  void assertDigests(byte[] buckets) {
    with(
        tier -> {
          assertThat(Sums.of(headers(tier))).as("headers of %s", name).isEqualTo(buckets);
          tier.capability(Digests.class).ifPresent(d -> assertDigests(d, buckets));
          return true;
        });
  }

  private void assertDigests(Digests digests, byte[] buckets) {
    // From the root down, since the root alone is read without a fold.
    for (int level = 0; level <= Digests.LEVELS; level++) {
      DigestPage page = digests.digests(level, Sums.all(level));
      assertThat(page.digests()).hasSize(Digests.nodes(level));
      for (int node = 0; node < Digests.nodes(level); node++) {
        assertThat(page.digests().get(node))
            .as("level %d, node %d of %s", level, node, name)
            .isEqualTo(Sums.node(buckets, level, node));
      }
    }
    assertThat(digests.fold()).isZero();
    assertThat(digests.digests(0, List.of(0)).digests())
        .as("folded root of %s", name)
        .containsExactly(Sums.node(buckets, 0, 0));
  }

  /** Writes an entry, if not null; the root then, or computed where it is not kept, as text. */
  String rootWith(Entry entry) {
    return HexFormat.of().formatHex(with(tier -> rootWith(tier, entry)));
  }

  private static byte[] rootWith(Tier tier, Entry entry) {
    if (entry != null) {
      tier.apply(List.of(entry));
    }
    return tier.capability(Digests.class)
        .map(d -> d.digests(0, List.of(0)).digests().get(0))
        .orElseGet(() -> Sums.node(Sums.of(headers(tier)), 0, 0));
  }

  private static List<Header> headers(Tier tier) {
    Headers headers = tier.capability(Headers.class).orElseThrow();
    List<Header> all = new ArrayList<>();
    for (List<Header> page = headers.headers(IdRange.ALL, null, 100).headers(); !page.isEmpty(); ) {
      all.addAll(page);
      page = headers.headers(IdRange.ALL, all.get(all.size() - 1).id(), 100).headers();
    }
    return all;
  }
}
