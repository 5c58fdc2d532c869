// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.Leaf;
import io.syncengine.testkit.Seeds;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChangePayloadTest {
  @Test
  void aRestoredRowKeepsALeafDeltaThatDoesNotFollowFromTheRevision() {
    Revision revision = Revision.ofValue(3, new byte[Revision.HASH_BYTES]);
    byte[] delta = new byte[Leaf.BYTES];
    delta[31] = 5;
    List<Change> changes =
        List.of(
            new Change("a", revision, Before.State.ABSENT, delta),
            new Change("b", Revision.ofTombstone(4), Before.State.ABSENT, delta));

    assertThat(ChangePayload.decode(ChangePayload.encode(changes, true)))
        .usingRecursiveComparison()
        .isEqualTo(changes);
  }

  @Test
  void whatIsEncodedIsDecoded() {
    Seeds.forEach(
        "whatIsEncodedIsDecoded",
        20,
        seed -> {
          List<Change> changes = random(new Random(seed), 200);

          assertThat(ChangePayload.decode(ChangePayload.encode(changes, false)))
              .usingRecursiveFieldByFieldElementComparator()
              .isEqualTo(changes);
        });
  }

  @Test
  void anEmptyListIsDecoded() {
    assertThat(ChangePayload.decode(ChangePayload.encode(List.of(), false))).isEmpty();
  }

  @Test
  void everyChangedByteIsFound() {
    byte[] bytes = ChangePayload.encode(random(new Random(1), 5), false);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 0x10;
      assertThatThrownBy(() -> ChangePayload.decode(changed))
          .as("byte %d", i)
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void everyShortenedPayloadIsFound() {
    byte[] bytes = ChangePayload.encode(random(new Random(1), 3), false);
    for (int i = 0; i < bytes.length; i++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> ChangePayload.decode(cut)).isInstanceOf(CorruptDataException.class);
    }
  }

  /** The bytes of format 1 never change; docs/data-layout.md explains these. */
  @Test
  void theBytesOfFormatOneAreTheseForGood() {
    byte[] hash = HexFormat.of().parseHex("11".repeat(32));
    byte[] delta = HexFormat.of().parseHex("22".repeat(32));
    Revision value = Revision.ofValue(300, hash);
    List<Change> changes =
        List.of(
            new Change("api.A", value, Before.State.LIVE, delta),
            new Change(
                "api.B", Revision.ofTombstone(301), Before.State.TOMBSTONE, new byte[Leaf.BYTES]),
            new Change("api.BB", value, Before.State.ABSENT, Leaf.of("api.BB", value)));

    byte[] bytes = ChangePayload.encode(changes, false);

    String body =
        "0103"
            + "02"
            + "00"
            + "05"
            + "6170692e41"
            + "d804"
            + "11".repeat(32)
            + "22".repeat(32)
            + "05"
            + "04"
            + "01"
            + "42"
            + "02"
            + "00"
            + "05"
            + "01"
            + "42"
            + "01"
            + "11".repeat(32);
    assertThat(HexFormat.of().formatHex(bytes)).startsWith(body).hasSize(body.length() + 8);
    assertThat(ChangePayload.decode(bytes))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(changes);
  }

  private static List<Change> random(Random random, int most) {
    TreeSet<String> ids = new TreeSet<>(ItemId.BYTE_ORDER);
    int count = 1 + random.nextInt(most);
    while (ids.size() < count) {
      ids.add(
          "a.".repeat(random.nextInt(4))
              + Character.toString(random.nextInt(0x800, 0xd000))
              + Integer.toString(random.nextInt(1000), 36)
              + "\ud83d\ude00");
    }
    List<Change> changes = new ArrayList<>();
    for (String id : ids) {
      changes.add(change(random, id));
    }
    return changes;
  }

  private static Change change(Random random, String id) {
    byte[] hash = new byte[Revision.HASH_BYTES];
    random.nextBytes(hash);
    long version = random.nextInt(10) == 0 ? Long.MAX_VALUE : 1 + random.nextInt(1_000_000);
    Revision revision =
        random.nextInt(3) == 0 ? Revision.ofTombstone(version) : Revision.ofValue(version, hash);
    Before.State before = Before.State.values()[random.nextInt(3)];
    byte[] delta = Leaf.of(id, revision);
    if (before == Before.State.LIVE) {
      random.nextBytes(delta);
    }
    return new Change(id, revision, before, delta);
  }
}
