// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: what was written is read, bit by bit, under exactly its id.
 *
 * @since 0.1
 */
public interface StorageClauses extends TierClauses {
  /** Ids that careless stores take for each other, or for something else than data. */
  List<String> DISTINCT_IDS =
      List.of(
          "api.Crypto",
          "api.crypto",
          "API.CRYPTO",
          "a",
          "a ",
          " a",
          "a.",
          "a.b",
          "a%",
          "a_",
          "a\\",
          "a'",
          "a\"",
          "a;--",
          "a`",
          "a?",
          "a:b",
          "a*",
          "a[b]",
          "a{b}",
          "0",
          "00",
          "0.0",
          "null",
          "\u00e9",
          "e\u0301",
          "\u00df",
          "ss",
          "\u0131",
          "i",
          "I",
          "\uff41",
          "\ufffd",
          "\ue000",
          "\ud83d\ude00",
          "\ud800\udc00",
          "\udbff\udfff",
          "\u00a0",
          "x".repeat(512),
          "x".repeat(511),
          "\u00e9".repeat(256),
          "\ud83d\ude00".repeat(128),
          "@@iterator");

  /** Nothing there. */
  @Test
  default void anAbsentIdIsLeftOut() {
    Tier tier = tiers().open();
    tiers().apply(tier, value("a", 1, "x"));

    assertThat(tier.load(List.of("b")).found()).isEmpty();
    assertThat(tier.load(List.of("b", "a")).found()).containsOnlyKeys("a");
    assertThat(tier.load(List.of()).found()).isEmpty();
  }

  /** Ids compare by bytes. */
  @Test
  default void idsAreWhatTheirBytesAre() {
    Tier tier = tiers().open();
    List<Entry> entries = new ArrayList<>();
    DISTINCT_IDS.forEach(id -> entries.add(value(ItemId.requireValid(id), 1, "of " + id)));

    ApplyResult result = tier.apply(Entries.batch(entries));

    assertThat(result.outcomes()).containsOnly(ItemOutcome.applied(Before.ABSENT));
    var found = tier.load(DISTINCT_IDS).found();
    assertThat(found).hasSize(DISTINCT_IDS.size());
    for (Entry entry : entries) {
      tiers().assertStored(found.get(entry.id()), entry);
      tiers().assertStored(tiers().load(tier, entry.id()), entry);
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
    Tier tier = tiers().open();
    List<Entry> entries =
        List.of(
            value("all", 1, allBytes),
            value("empty", 1, ""),
            value("large", 1, large),
            value("text", 1, "\u00e9\ud83d\ude00 'quoted\" \\n"),
            value("zero", 1, new byte[1]));

    tier.apply(entries);

    entries.forEach(e -> tiers().assertStored(tiers().load(tier, e.id()), e));
    assertThat(tiers().loadExisting(tier, "all").toItem().content()).isEqualTo(allBytes);
  }

  /** An empty value is no tombstone. */
  @Test
  default void anEmptyValueIsLive() {
    Tier tier = tiers().open();
    tiers().apply(tier, value("a", 1, ""));

    assertThat(tiers().loadExisting(tier, "a").tombstone()).isFalse();
    Before before = present(tiers().applyOne(tier, value("a", 2, "")).before(), "before-state");
    assertThat(before.state()).isEqualTo(Before.State.LIVE);
  }

  /** Everything that stands beside the content. */
  @Test
  default void allStoredFieldsAreKept() {
    byte[] hash = new byte[Revision.HASH_BYTES];
    Arrays.fill(hash, (byte) 0xFF);
    Entry full =
        Entry.builder("full")
            .value(Revision.ofValue(Long.MAX_VALUE - 1, hash), (byte) 7, new byte[] {1, 0, -1})
            .acceptedAtMillis(1_234_567_890_123L)
            .mergeType((byte) 3)
            .origin("instance-\u00e9")
            .trace(
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "s=" + "1".repeat(510))
            .build();
    Entry signed =
        full.toBuilder()
            .mergeType((byte) -1)
            .acceptedAtMillis(0)
            .origin(null)
            .trace(null, null)
            .build();
    Entry deleted =
        tombstone("deleted", 9).toBuilder().origin("b").mergeType((byte) 3).trace("t", "s").build();
    Tier tier = tiers().open();

    tiers().apply(tier, full, deleted);
    tiers().assertStored(tiers().load(tier, "full"), full);
    tiers().assertStored(tiers().load(tier, "deleted"), deleted);

    Entry bare =
        Entry.builder("full")
            .value(Revision.ofValue(Long.MAX_VALUE, hash), (byte) -128, signed.content())
            .mergeType(signed.mergeType())
            .build();
    tiers().apply(tier, bare);
    tiers().assertStored(tiers().load(tier, "full"), bare);
  }

  /** Of a replaced row nothing is left. */
  @Test
  default void aTombstoneLeavesNothingOfTheValue() {
    Tier tier = tiers().open();
    tiers()
        .apply(
            tier, value("a", 1, "secret").toBuilder().trace("t", "s").mergeType((byte) 3).build());
    Entry deleted = tombstone("a", 2);

    tiers().apply(tier, deleted);

    tiers().assertStored(tiers().load(tier, "a"), deleted);
    assertThat(tiers().loadExisting(tier, "a").contentLength()).isZero();
  }

  /** A read of many ids. */
  @Test
  default void aLoadOfManyIdsFindsThoseThatAreThere() {
    Tier tier = tiers().open();
    List<Entry> entries = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      ids.add("id" + i);
      if (i % 3 == 0) {
        entries.add(value("id" + i, 1, "content " + i));
      }
    }
    tier.apply(Entries.batch(entries));

    LoadResult loaded = tier.load(ids);

    assertThat(loaded.found()).hasSize(1_000);
    entries.forEach(e -> tiers().assertStored(loaded.found().get(e.id()), e));
  }
}
