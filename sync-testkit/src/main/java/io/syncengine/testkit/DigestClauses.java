// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Of {@link TierContract}: digests are the sums of the leaves of what is there, at each moment.
 *
 * @since 0.1
 */
public interface DigestClauses extends TierClauses {
  /** Nothing has the digest 0. */
  @Test
  default void anEmptyStoreHasTheDigestZero() {
    Digests digests = tiers().digests(tiers().open());

    DigestPage root = digests.digests(0, List.of(0));

    assertThat(root.sequence()).isZero();
    assertThat(root.databaseId()).isEqualTo(tiers().info().databaseId());
    assertThat(root.digests()).containsExactly(new byte[Leaf.BYTES]);
  }

  /** Each level, before a fold and after. */
  @Test
  default void aNodeIsTheSumOfTheLeavesBelowIt() {
    Tier tier = tiers().open();
    Digests digests = tiers().digests(tier);
    for (int i = 0; i < 40; i++) {
      tiers().apply(tier, value("id" + i, 1, "x"), value("id" + (i + 40), 1, "y"));
    }
    tiers().apply(tier, value("id1", 2, "z"), tombstone("id2", 2), tombstone("none", 1));

    for (int round = 0; round < 2; round++) {
      byte[] sums = Sums.of(digests.headers(IdRange.ALL, null, 1_000).headers());
      for (int level = 0; level <= Digests.LEVELS; level++) {
        List<Integer> nodes = someNodes(level);
        DigestPage page = digests.digests(level, nodes);
        assertThat(page.sequence()).isEqualTo(41);
        for (int i = 0; i < nodes.size(); i++) {
          assertThat(page.digests().get(i))
              .as("level %d, node %d", level, nodes.get(i))
              .isEqualTo(Sums.node(sums, level, nodes.get(i)));
        }
      }
      assertThat(digests.fold()).isZero();
    }
  }

  /** All buckets at once, which sum up to the root. */
  @Test
  default void allBucketsMayBeAskedForAtOnce() {
    Tier tier = tiers().open();
    Digests digests = tiers().digests(tier);
    tiers().apply(tier, value("a", 1, "x"), value("b", 1, "x"));

    byte[] all = Sums.joined(digests.digests(Digests.LEVELS, Sums.all(4)).digests());

    assertThat(Arrays.equals(all, Sums.of(digests.headers(IdRange.ALL, null, 10).headers())))
        .isTrue();
    assertThat(digests.digests(0, List.of(0)).digests()).containsExactly(Sums.node(all, 0, 0));
  }

  /** Any one thing that differs. */
  @Test
  default void aByteAVersionAndADeleteEachChangeTheRoot() {
    Tier tier = tiers().open();
    Digests digests = tiers().digests(tier);
    Set<String> roots = new HashSet<>();
    List<Entry> steps =
        List.of(
            value("a", 1, "content"),
            value("b", 1, "content"),
            value("a", 2, "content"),
            value("a", 3, "Content"),
            tombstone("b", 2));
    for (Entry step : steps) {
      tiers().apply(tier, step);
      roots.add(root(digests));
    }
    assertThat(roots).hasSize(steps.size());

    tiers().apply(tier, tombstone("a", 4));
    assertThat(digests.digests(0, List.of(0)).digests()).containsExactly(new byte[Leaf.BYTES]);
  }

  /** Where the digests differ, the headers tell what it is. */
  @Test
  default void bucketsGiveAllHeadersInThem() {
    Tier tier = tiers().open();
    Digests digests = tiers().digests(tier);
    List<String> ids = List.of("a", "b", "c", "d", "e");
    tiers().apply(tier, value("a", 1, "x"), tombstone("b", 1), value("c", 1, "x"));
    long head = tiers().commit(tier, value("d", 1, "x"), tombstone("e", 1)).sequence();

    HeaderPage some = digests.buckets(buckets("a", "b", "e"));
    HeaderPage none = digests.buckets(buckets("nothing"));

    assertThat(some.headers()).extracting(Header::id).containsExactly("a", "b", "e");
    assertThat(some.headers()).extracting(Header::live).containsExactly(true, false, false);
    assertThat(some.sequence()).isEqualTo(head);
    assertThat(some.databaseId()).isEqualTo(tiers().info().databaseId());
    assertThat(none.headers()).isEmpty();
    assertThat(none.sequence()).isEqualTo(head);
    assertThat(digests.buckets(Sums.all(4)).headers()).extracting(Header::id).isEqualTo(ids);
  }

  /** What nobody can mean. */
  @Test
  default void nodesThatAreNoneAreRefused() {
    Digests digests = tiers().digests(tiers().open());

    assertIllegal(() -> digests.digests(5, List.of(0)));
    assertIllegal(() -> digests.digests(-1, List.of(0)));
    assertIllegal(() -> digests.digests(1, List.of(16)));
    assertIllegal(() -> digests.digests(1, List.of(2, 1)));
    assertIllegal(() -> digests.digests(1, List.of()));
    assertIllegal(() -> digests.buckets(List.of()));
    assertIllegal(() -> digests.buckets(List.of(-1)));
    assertIllegal(() -> digests.buckets(List.of(IdHash.BUCKETS)));
    assertIllegal(() -> digests.replaceDigests(0, new byte[32]));
  }

  /** Whoever may only read is told the same. */
  @Test
  default void aReadOnlyTierTellsDigestsAndFoldsNothing() {
    Tier writer = tiers().unopened();
    writer.open(tiers().config());
    tiers().digests(writer);
    tiers().apply(writer, value("a", 1, "x"), value("b", 1, "x"));
    writer.close();
    Digests digests = tiers().digests(tiers().open(tiers().config().withReadOnly(true)));

    byte[] sums = Sums.of(digests.headers(IdRange.ALL, null, 10).headers());

    assertThat(digests.digests(0, List.of(0)).digests()).containsExactly(Sums.node(sums, 0, 0));
    assertThat(Arrays.equals(Sums.joined(digests.digests(4, Sums.all(4)).digests()), sums))
        .isTrue();
    assertThatThrownBy(digests::fold).isInstanceOf(TierException.class);
    assertThatThrownBy(() -> digests.replaceDigests(1, sums)).isInstanceOf(TierException.class);
  }

  /** Computed anew, as of a commit that others have followed. */
  @Test
  default void replacedDigestsAreThoseGivenAndWhatCameBehindThem() {
    Tier tier = tiers().open();
    Digests digests = tiers().digests(tier);
    long first = tiers().commit(tier, value("a", 1, "x")).sequence();
    byte[] right = Sums.of(digests.headers(IdRange.ALL, null, 10).headers());
    long second = tiers().commit(tier, value("b", 1, "x")).sequence();
    byte[] both = Sums.of(digests.headers(IdRange.ALL, null, 10).headers());
    byte[] wrong = right.clone();
    wrong[77] = 1;

    assertThat(digests.replaceDigests(first, wrong)).isTrue();
    byte[] shown = Sums.joined(digests.digests(4, Sums.all(4)).digests());
    assertThat(shown[77]).isEqualTo((byte) (both[77] + 1));
    assertThat(digests.digests(0, List.of(0)).digests()).containsExactly(Sums.node(shown, 0, 0));
    assertThat(digests.digests(2, List.of(0, 200)).digests())
        .containsExactly(Sums.node(shown, 2, 0), Sums.node(shown, 2, 200));

    assertThat(digests.replaceDigests(second, both)).isTrue();
    assertThat(Arrays.equals(Sums.joined(digests.digests(4, Sums.all(4)).digests()), both))
        .isTrue();
    assertThat(digests.replaceDigests(first, right)).as("older than what is there").isFalse();
    assertThat(digests.replaceDigests(second + 1, both)).as("above the head").isFalse();
    assertThat(Arrays.equals(Sums.joined(digests.digests(4, Sums.all(4)).digests()), both))
        .isTrue();
  }

  /** Broken in a fold, nothing is counted twice or lost. */
  @Test
  default void whatBreaksAFoldLeavesDigestsRight() {
    CrashPoints points = new CrashPoints();
    Tier tier = tiers().open(tiers().config().withFailPoints(points));
    Digests digests = tiers().digests(tier);
    for (int i = 0; i < 20; i++) {
      tiers().apply(tier, value("id" + i, 1, "x"));
    }
    points.throwAt(
        FailPoint.TIER_DIGESTS, 1, () -> new IllegalStateException("broken by the test"));
    try {
      digests.fold();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("broken by the test");
    }
    points.clear(FailPoint.TIER_DIGESTS);
    tiers().apply(tier, tombstone("id3", 2));

    assertRight(digests);
    digests.fold();
    assertRight(digests);
  }

  /**
   * Two writers, two that fold, and all their batches: the digests are those of what is there.
   *
   * @param seed of the writes
   */
  @ParameterizedTest
  @SeedSource(2)
  default void digestsAreRightWhoeverWritesAndFolds(long seed) {
    Tier one = tiers().open(tiers().config().withInstanceId("one"));
    Tier two = tiers().open(tiers().config().withInstanceId("two"));
    Digests digests = tiers().digests(one);
    CompletableFuture<Void> other = Concurrently.run(() -> work(two, new Random(seed)));
    work(one, new Random(seed + 1));
    other.join();

    assertRight(digests);
    digests.fold();
    assertRight(tiers().digests(two));
  }

  private Void work(Tier tier, Random random) {
    Digests digests = tiers().digests(tier);
    for (int i = 0; i < 40; i++) {
      Set<String> ids = new TreeSet<>();
      for (int n = random.nextInt(8); n >= 0; n--) {
        ids.add("id" + random.nextInt(50));
      }
      List<Entry> batch = new ArrayList<>();
      for (String id : ids) {
        long version = 1L + random.nextInt(30);
        batch.add(random.nextInt(4) == 0 ? tombstone(id, version) : value(id, version, "of " + i));
      }
      Concurrently.retried(() -> tier.apply(Entries.batch(batch)));
      if (random.nextInt(5) == 0) {
        Concurrently.retried(digests::fold);
      }
    }
    return null;
  }

  private static void assertRight(Digests digests) {
    byte[] sums = Sums.of(digests.headers(IdRange.ALL, null, 1_000).headers());
    assertThat(digests.digests(0, List.of(0)).digests())
        .as("root")
        .containsExactly(Sums.node(sums, 0, 0));
    assertThat(Arrays.equals(Sums.joined(digests.digests(4, Sums.all(4)).digests()), sums))
        .isTrue();
  }

  private static void assertIllegal(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
  }

  private static String root(Digests digests) {
    return HexFormat.of().formatHex(digests.digests(0, List.of(0)).digests().get(0));
  }

  private static List<Integer> someNodes(int level) {
    Set<Integer> nodes = new TreeSet<>(List.of(0, Digests.nodes(level) - 1));
    for (int i = 0; i < 80; i++) {
      nodes.add(Digests.node(level, IdHash.bucket(IdHash.of("id" + i))));
    }
    return List.copyOf(nodes);
  }

  private static List<Integer> buckets(String... ids) {
    return Arrays.stream(ids).map(id -> IdHash.bucket(IdHash.of(id))).sorted().distinct().toList();
  }
}
