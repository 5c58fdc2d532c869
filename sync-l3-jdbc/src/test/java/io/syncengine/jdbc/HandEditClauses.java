// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Leaf;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of rows that were changed behind the engine's back, on any database. */
interface HandEditClauses {
  /** The test's database. */
  JdbcFixture db();

  @Test
  default void aDamagedRowHasAHeaderWithoutARevision() {
    JdbcTier tier = db().open();
    tier.apply(List.of(value("a", 1, "x"), value("b", 1, "x"), value("c", 1, "x")));
    tier.apply(List.of(tombstone("d", 1)));
    db().sql(
            "UPDATE items SET content_hash = NULL WHERE sequence = 1 AND version = 1 AND bucket = "
                + bucket("a"),
            "UPDATE items SET version = 0 WHERE bucket = " + bucket("b"),
            "UPDATE items SET leaf = X'00' WHERE bucket = " + bucket("c"));

    List<Header> page = tier.headers(IdRange.ALL, null, 10).headers();

    assertThat(page).extracting(Header::id).containsExactly("a", "b", "c", "d");
    assertThat(page.subList(0, 3)).allMatch(h -> h.revision() == null && h.live());
    assertThat(page).allMatch(h -> h.leaf().length == Leaf.BYTES);
    assertThat(page.get(3).live()).isFalse();
    tier.close();
  }

  @Test
  default void aDamagedRowIsRestoredOverAndTheDigestsStayRight() {
    JdbcTier tier = db().open();
    tier.apply(List.of(value("a", 1, "x"), value("b", 1, "x")));
    tier.fold();
    db().sql("UPDATE items SET content_hash = NULL WHERE bucket = " + bucket("a"));
    assertThat(tier.apply(List.of(value("a", 2, "y"))).outcomes().get(0).reason())
        .isEqualTo(ItemOutcome.REFUSED);

    ApplyResult result = tier.restore(List.of(value("a", 1, "x")));

    assertThat(result.outcomes())
        .containsExactly(ItemOutcome.applied(new Before(Before.State.LIVE, null)));
    assertThat(result.row().changes().get(0).before()).isEqualTo(Before.State.ABSENT);
    assertThat(tier.load(List.of("a")).found().get("a").toItem().contentAsString()).isEqualTo("x");
    assertThat(tier.digests(0, List.of(0)).digests())
        .containsExactly(sum(value("a", 1, "x"), value("b", 1, "x")));
    tier.close();
  }

  /** Of which lengths a wrong leaf can be that the database takes. */
  default List<Integer> wrongLeafLengths() {
    return List.of(0, 1, 31);
  }

  /** It counts as none, as it does in the row's header. */
  @Test
  default void aLeafOfAWrongLengthDoesNotKeepAnIdFromBeingWritten() {
    JdbcTier tier = db().open();
    long version = 0;
    for (int length : wrongLeafLengths()) {
      tier.apply(List.of(value("a", ++version, "x"), value("b", version, "x")));
      db().sql("UPDATE items SET leaf = X'" + "01".repeat(length) + "'");
      Entry written = value("a", ++version, "y");
      Entry b = value("b", version, "y");

      ApplyResult applied = tier.apply(List.of(written));
      ApplyResult restored = tier.restore(List.of(b));

      assertThat(List.of(applied, restored))
          .as("a leaf of " + length + " bytes")
          .allMatch(r -> r.outcomes().get(0).kind() == ItemOutcome.Kind.APPLIED);
      assertThat(applied.row().changes().get(0).leafDelta())
          .isEqualTo(Leaf.of("a", written.revision()));
      assertThat(restored.row().changes().get(0).leafDelta()).isEqualTo(Leaf.of("b", b.revision()));
    }
    tier.close();
  }

  @Test
  default void digestsComputedAnewHealWhatARemovedRowLeftInThem() {
    JdbcTier tier = db().open();
    Entry a = value("a", 1, "x");
    Entry b = value("b", 1, "x");
    tier.apply(List.of(a, b));
    tier.fold();
    db().sql("DELETE FROM items WHERE bucket = " + bucket("a"));

    tier.restore(List.of(a));

    assertThat(tier.digests(0, List.of(0)).digests())
        .as("the leaf of the removed row is still in it")
        .containsExactly(sum(a, a, b));
    byte[] buckets = new byte[IdHash.BUCKETS * Leaf.BYTES];
    for (Entry entry : List.of(a, b)) {
      System.arraycopy(
          Leaf.of(entry.id(), entry.revision()),
          0,
          buckets,
          bucket(entry.id()) * Leaf.BYTES,
          Leaf.BYTES);
    }
    assertThat(tier.replaceDigests(2, buckets)).isTrue();
    assertThat(tier.digests(0, List.of(0)).digests()).containsExactly(sum(a, b));
    tier.close();
  }

  @Test
  default void aMissingChangeRowIsSaidUntilTheDigestsAreComputedAnew() {
    JdbcTier tier = db().open();
    for (int version = 1; version <= 5; version++) {
      tier.apply(List.of(value("a", version, "x")));
    }
    db().sql("DELETE FROM changes WHERE sequence = 3");

    assertThatThrownBy(tier::fold).isInstanceOf(CorruptDataException.class);
    assertThatThrownBy(() -> tier.digests(0, List.of(0))).isInstanceOf(CorruptDataException.class);
    byte[] none = new byte[IdHash.BUCKETS * Leaf.BYTES];
    assertThat(tier.replaceDigests(2, none)).isFalse();
    assertThat(tier.replaceDigests(5, none)).isTrue();
    assertThat(tier.fold()).isZero();
    assertThat(tier.digests(0, List.of(0)).digests()).containsExactly(new byte[Leaf.BYTES]);
    tier.close();
  }

  /** Format 1 had no digests; they follow from all its change rows. */
  @Test
  default void aDatabaseOfFormatOneGetsDigestsOfAllThatItHolds() {
    JdbcTier old = db().open();
    old.apply(List.of(value("a", 1, "x"), value("b", 1, "x")));
    old.apply(List.of(tombstone("b", 2)));
    old.close();
    db().sql(
            "DROP TABLE digests",
            "DROP TABLE readers",
            "UPDATE meta SET value = '1' WHERE name = 'format'");

    JdbcTier reader = db().open(db().config.withReadOnly(true));
    assertThat(reader.headers(IdRange.ALL, null, 10).headers()).hasSize(2);
    assertThatThrownBy(() -> reader.digests(0, List.of(0)))
        .isInstanceOf(TierUnavailableException.class);
    reader.close();
    JdbcTier tier = db().open();

    assertThat(tier.digests(0, List.of(0)).digests()).containsExactly(sum(value("a", 1, "x")));
    tier.apply(List.of(value("c", 1, "x")));
    assertThat(tier.fold()).isZero();
    assertThat(tier.digests(0, List.of(0)).digests())
        .containsExactly(sum(value("a", 1, "x"), value("c", 1, "x")));
    tier.close();
  }

  private static int bucket(String id) {
    return IdHash.bucket(IdHash.of(id));
  }

  private static byte[] sum(Entry... entries) {
    byte[] sum = new byte[Leaf.BYTES];
    for (Entry entry : entries) {
      Leaf.add(sum, Leaf.of(entry.id(), entry.revision()));
    }
    return sum;
  }
}
