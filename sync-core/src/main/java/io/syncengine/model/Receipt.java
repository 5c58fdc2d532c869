// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * The acknowledgement of one write. Immutable.
 *
 * @since 0.1
 */
public final class Receipt {
  private final String id;
  private final long version;
  private final Supplier<Revision> revision;
  private final Ack reached;
  private final Outcome outcome;

  private Receipt(
      String id, long version, Supplier<Revision> revision, Ack reached, Outcome outcome) {
    this.id = id;
    this.version = version;
    this.revision = revision;
    this.reached = Objects.requireNonNull(reached, "reached");
    this.outcome = Objects.requireNonNull(outcome, "outcome");
  }

  /**
   * The receipt of a value.
   *
   * @param item the item with its version
   * @param reached the level reached
   * @param outcome what became of it
   * @return the receipt; its content hash is computed only when the revision is asked for
   */
  public static Receipt ofValue(SyncItem item, Ack reached, Outcome outcome) {
    return new Receipt(item.id(), item.version(), item::revision, reached, outcome);
  }

  /**
   * The receipt of a delete.
   *
   * @param id the id
   * @param revision the tombstone's revision
   * @param reached the level reached
   * @param outcome what became of it
   * @return the receipt
   */
  public static Receipt ofDelete(String id, Revision revision, Ack reached, Outcome outcome) {
    return new Receipt(id, revision.version(), () -> revision, reached, outcome);
  }

  /**
   * The same write at another level or with another outcome.
   *
   * @param newReached the level
   * @param newOutcome the outcome
   * @return a new receipt
   */
  public Receipt with(Ack newReached, Outcome newOutcome) {
    return new Receipt(id, version, revision, newReached, newOutcome);
  }

  /**
   * The id written.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * The version under which the write was accepted.
   *
   * @return 1 or more
   */
  public long version() {
    return version;
  }

  /**
   * The revision under which the write was accepted. The first call hashes the content.
   *
   * @return the revision
   */
  public Revision revision() {
    return revision.get();
  }

  /**
   * The level that the write has reached.
   *
   * @return the level
   */
  public Ack reached() {
    return reached;
  }

  /**
   * What became of the write.
   *
   * @return the outcome
   */
  public Outcome outcome() {
    return outcome;
  }

  @Override
  public String toString() {
    return "Receipt[version=" + version() + ", " + reached + ", " + outcome + "]";
  }
}
