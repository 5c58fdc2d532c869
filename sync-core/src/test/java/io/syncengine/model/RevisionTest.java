// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevisionTest {
  private static byte[] hash(int first) {
    byte[] hash = new byte[Revision.HASH_BYTES];
    hash[0] = (byte) first;
    return hash;
  }

  @Test
  void versionThenTombstoneThenHash() {
    List<Revision> rising =
        List.of(
            Revision.ofValue(1, hash(0)),
            Revision.ofValue(1, hash(0x7f)),
            Revision.ofValue(1, hash(0x80)),
            Revision.ofTombstone(1),
            Revision.ofValue(2, hash(0)),
            Revision.ofTombstone(Long.MAX_VALUE));
    List<Revision> shuffled = new ArrayList<>(rising);
    Collections.reverse(shuffled);
    Collections.sort(shuffled);
    assertThat(shuffled).isEqualTo(rising);
    for (int i = 0; i < rising.size(); i++) {
      for (int j = 0; j < rising.size(); j++) {
        assertThat(rising.get(i).isAbove(rising.get(j))).isEqualTo(i > j);
        assertThat(rising.get(i).equals(rising.get(j))).isEqualTo(i == j);
      }
      assertThat(rising.get(i).isAbove(null)).isTrue();
    }
  }

  @Test
  void badOnesAreRefused() {
    assertThatThrownBy(() -> Revision.ofTombstone(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Revision.ofValue(-1, hash(0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Revision.ofValue(1, new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31 bytes");
    assertThatThrownBy(() -> Revision.ofValue(1, null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void itsHashIsItsOwn() {
    byte[] hash = hash(1);
    Revision revision = Revision.ofValue(1, hash);
    hash[0] = 2;
    revision.contentHash()[0] = 3;
    assertThat(revision.contentHash()[0]).isEqualTo((byte) 1);
  }
}
