// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.Revision;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Leaf;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a batch on its way into the database. All hashing is done when it is made, before
 * the head is locked.
 */
final class Write {
  /** Of an id that has no value. Never written to. */
  private static final byte[] NO_LEAF = new byte[Leaf.BYTES];

  final Entry entry;
  final Revision revision;
  final byte[] leaf;
  final int bucket;
  // What the row held, null if there is none.
  private @Nullable Revision there;
  private byte[] leafThere = NO_LEAF;
  // Whether there is a row of which nobody can say what it holds.
  private boolean damaged;
  @Nullable ItemOutcome outcome;

  Write(Entry entry) {
    this.entry = entry;
    this.revision = entry.revision();
    this.leaf = Leaf.of(entry.id(), revision);
    this.bucket = IdHash.bucket(IdHash.of(entry.id()));
  }

  void found(Revision stored, byte @Nullable [] storedLeaf) {
    there = stored;
    leafThere = sound(storedLeaf);
  }

  /** A row is there that cannot be read. Its leaf is in the digests, whatever else it holds. */
  void foundDamaged(byte @Nullable [] storedLeaf) {
    damaged = true;
    leafThere = sound(storedLeaf);
  }

  /** One of another length counts as none, as in the row's header. */
  private static byte[] sound(byte @Nullable [] storedLeaf) {
    return storedLeaf == null || storedLeaf.length != Leaf.BYTES ? NO_LEAF : storedLeaf;
  }

  /** Forgets what an earlier attempt has read and decided. */
  void forget() {
    there = null;
    leafThere = NO_LEAF;
    damaged = false;
    outcome = null;
  }

  Before before() {
    return damaged ? new Before(Before.State.LIVE, null) : Before.of(there);
  }

  /** Whether the base differs from what is there; the outcome then needs the row's content. */
  boolean conflicts() {
    return entry.base() != null && !entry.base().equals(there);
  }

  /**
   * Decides by the fence. Leaves the outcome open for a conflict.
   *
   * @param horizon up to when tombstones were purged
   * @param fits whether a row can hold it
   */
  void decide(long horizon, boolean fits) {
    if (damaged) {
      outcome =
          ItemOutcome.failed(
              ItemOutcome.REFUSED, "the stored row is damaged; restore it or remove it", false);
    } else if (there == null && entry.acceptedAtMillis() < horizon) {
      outcome = expired();
    } else if (revision.equals(there)) {
      outcome = ItemOutcome.unchanged(before());
    } else if (!conflicts()) {
      if (!revision.isAbove(there)) {
        outcome = ItemOutcome.stale(before());
      } else {
        outcome = appliedIf(fits);
      }
    }
  }

  /** Decides for a restore: whatever is there goes, but a higher revision. */
  void decideRestore(long horizon, boolean fits) {
    if (there == null && !damaged && entry.acceptedAtMillis() < horizon) {
      outcome = expired();
    } else if (there != null && there.isAbove(revision)) {
      outcome = ItemOutcome.stale(before());
    } else {
      outcome = appliedIf(fits);
    }
  }

  private ItemOutcome appliedIf(boolean fits) {
    return fits
        ? ItemOutcome.applied(before())
        : ItemOutcome.failed(
            ItemOutcome.TOO_LARGE,
            "the item is larger than the database takes (row size or max_allowed_packet)",
            false);
  }

  private static ItemOutcome expired() {
    return ItemOutcome.failed(
        ItemOutcome.EXPIRED, "accepted before the purge horizon, and no row to replace", false);
  }

  /** Decides without the fence, for the test that shows what it is good for. */
  void overwrite() {
    outcome = ItemOutcome.applied(before());
  }

  boolean applied() {
    return outcome != null && outcome.kind() == ItemOutcome.Kind.APPLIED;
  }

  /**
   * What the change row tells.
   *
   * @param restored whether it is to be news to all who follow, whatever was there
   */
  Change change(boolean restored) {
    Before.State told = restored ? Before.State.ABSENT : before().state();
    return new Change(entry.id(), revision, told, Leaf.delta(leafThere, leaf));
  }
}
