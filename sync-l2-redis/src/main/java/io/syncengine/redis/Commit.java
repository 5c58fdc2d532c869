// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Leaf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One batch on its way through the script that commits it, and what the script says of it. */
final class Commit {
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] NO_LEAF = new byte[Leaf.BYTES];

  private final List<Entry> batch;
  private final Keys keys;
  private final String origin;
  private final long tag;
  private final long atMillis;
  private final boolean restoring;
  private final List<byte[]> envelopes;

  /**
   * All encoding and hashing is done here.
   *
   * @param restoring whether it also replaces the same revisions and what is damaged
   */
  Commit(List<Entry> batch, Keys keys, String origin, long tag, long atMillis, boolean restoring) {
    this.restoring = restoring;
    this.batch = batch;
    this.keys = keys;
    this.origin = origin;
    this.tag = tag;
    this.atMillis = atMillis;
    this.envelopes = batch.stream().map(Envelope::encode).toList();
  }

  List<byte[]> keys() {
    List<byte[]> all = new ArrayList<>(batch.size() + 5);
    all.addAll(
        List.of(keys.head(), keys.changes(), keys.ids(), keys.tombstones(), keys.tombstoneIds()));
    batch.forEach(entry -> all.add(keys.item(entry.id())));
    return all;
  }

  List<byte[]> arguments(String databaseId, boolean fenced) {
    List<byte[]> all = new ArrayList<>(2 * batch.size() + 7);
    all.add(databaseId.getBytes(UTF_8));
    all.add(ByteBuffer.allocate(Long.BYTES).putLong(tag).array());
    all.add(origin.getBytes(UTF_8));
    all.add(Long.toString(atMillis).getBytes(UTF_8));
    all.add((fenced ? "1" : "0").getBytes(UTF_8));
    all.add(Integer.toString(keys.itemPrefix().length).getBytes(UTF_8));
    all.add((restoring ? "1" : "0").getBytes(UTF_8));
    for (int i = 0; i < batch.size(); i++) {
      Revision base = restoring ? null : batch.get(i).base();
      all.add(envelopes.get(i));
      all.add(base == null ? NOTHING : Envelope.encode(base));
    }
    return all;
  }

  /** Reads the script's reply. */
  ApplyResult result(List<?> reply) {
    long sequence = (Long) reply.get(0);
    long previousTag = ByteBuffer.wrap((byte[]) reply.get(1)).getLong();
    List<ItemOutcome> outcomes = new ArrayList<>(batch.size());
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      byte[] said = (byte[]) reply.get(i + 2);
      ItemOutcome outcome = outcome(batch.get(i), said);
      outcomes.add(outcome);
      if (said[0] == 'A' || said[0] == 'B') {
        changes.add(change(batch.get(i), envelopes.get(i), said));
      }
    }
    ChangeRow row = sequence == 0 ? null : new ChangeRow(sequence, tag, origin, atMillis, changes);
    return new ApplyResult(outcomes, row, previousTag);
  }

  private static ItemOutcome outcome(Entry entry, byte[] said) {
    return switch (said[0]) {
      case 'A' -> ItemOutcome.applied(before(said));
      case 'B' -> ItemOutcome.applied(new Before(Before.State.LIVE, null));
      case 'U' -> ItemOutcome.unchanged(before(said));
      case 'S' -> ItemOutcome.stale(before(said));
      case 'C' -> conflict(entry, said);
      case 'E' ->
          ItemOutcome.failed(
              ItemOutcome.EXPIRED,
              "accepted before the purge horizon, and no row to replace",
              false);
      default -> damaged();
    };
  }

  private static ItemOutcome conflict(Entry entry, byte[] said) {
    if (said.length == 1) {
      return ItemOutcome.conflict(null);
    }
    try {
      byte[] there = Arrays.copyOfRange(said, 1, said.length);
      return ItemOutcome.conflict(Envelope.decode(entry.id(), there));
    } catch (CorruptDataException e) {
      return damaged();
    }
  }

  private static ItemOutcome damaged() {
    return ItemOutcome.failed(
        ItemOutcome.REFUSED,
        "the stored value is damaged or another program's; restore the key, or delete it and write"
            + " the item again",
        false);
  }

  private static Before before(byte[] said) {
    return said.length == 1
        ? Before.ABSENT
        : Before.of(Envelope.revision(null, ByteBuffer.wrap(said, 1, said.length - 1)));
  }

  /** A change as its row has it, without reading the row. */
  private Change change(Entry entry, byte[] envelope, byte[] said) {
    Before.State before = before(said).state();
    byte[] leaf = part(envelope, Envelope.REVISION_BYTES);
    boolean hasLeaf = before == Before.State.LIVE || (restoring && said.length > 1);
    byte[] leafBefore = hasLeaf ? part(said, 1 + Envelope.REVISION_BYTES) : NO_LEAF;
    return new Change(
        entry.id(),
        entry.revision(),
        restoring ? Before.State.ABSENT : before,
        Leaf.delta(leafBefore, leaf));
  }

  private static byte[] part(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, from + Leaf.BYTES);
  }
}
