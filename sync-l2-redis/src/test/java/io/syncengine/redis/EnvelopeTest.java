// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  @Test
  void anEntryComesBack() {
    Entry entry =
        Entries.value("a", 7, "content").toBuilder()
            .acceptedAtMillis(12)
            .mergeType((byte) 3)
            .origin("é")
            .trace("parent", "")
            .build();

    Entry back = Envelope.decode("a", stored(entry, 5));

    assertThat(back.revision()).isEqualTo(entry.revision());
    assertThat(back.content()).isEqualTo(entry.content());
    assertThat(back.acceptedAtMillis()).isEqualTo(12);
    assertThat(back.mergeType()).isEqualTo((byte) 3);
    assertThat(back.origin()).isEqualTo("é");
    assertThat(back.traceParent()).isEqualTo("parent");
    assertThat(back.traceState()).isEmpty();
    assertThat(back.sequence()).isEqualTo(5);
  }

  /** The script compares these bytes in place of revisions. */
  @Test
  void bytesOrderAsRevisionsDo() {
    List<Revision> rising =
        List.of(
            Entries.value("a", 1, "x").revision(),
            Revision.ofTombstone(1),
            Revision.ofValue(2, hash(0x00)),
            Revision.ofValue(2, hash(0x7f)),
            Revision.ofValue(2, hash(0x80)),
            Revision.ofValue(2, hash(0xff)),
            Revision.ofTombstone(2),
            Revision.ofTombstone(0x80),
            Revision.ofTombstone(0x0100),
            Revision.ofTombstone(Long.MAX_VALUE));
    for (int i = 1; i < rising.size(); i++) {
      Revision lower = rising.get(i - 1);
      Revision higher = rising.get(i);
      assertThat(higher.isAbove(lower)).isTrue();
      assertThat(Arrays.compareUnsigned(Envelope.encode(lower), Envelope.encode(higher)))
          .as("%s and %s", lower, higher)
          .isNegative();
    }
  }

  @Test
  void whatIsNoEnvelopeIsCorrupt() {
    byte[] good = stored(Entries.value("a", 1, "x"), 1);
    for (int length = 0; length < good.length - 1; length++) {
      byte[] torn = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> Envelope.decode("a", torn)).isInstanceOf(CorruptDataException.class);
    }
    assertCorrupt(good, 0, 2); // a format to come
    assertCorrupt(good, 9, 0xff); // a negative version
    assertCorrupt(good, 17, 2); // neither value nor tombstone
    assertCorrupt(good, 92, 0x7f); // a text longer than all
  }

  private static void assertCorrupt(byte[] good, int at, int value) {
    byte[] bad = good.clone();
    bad[at] = (byte) value;
    assertThatThrownBy(() -> Envelope.decode("a", bad)).isInstanceOf(CorruptDataException.class);
  }

  private static byte[] hash(int first) {
    byte[] hash = new byte[Revision.HASH_BYTES];
    hash[0] = (byte) first;
    return hash;
  }

  /** As the script stores it. */
  private static byte[] stored(Entry entry, long sequence) {
    byte[] body = Envelope.encode(entry);
    return ByteBuffer.allocate(9 + body.length)
        .put(Envelope.FORMAT)
        .putLong(sequence)
        .put(body)
        .array();
  }
}
