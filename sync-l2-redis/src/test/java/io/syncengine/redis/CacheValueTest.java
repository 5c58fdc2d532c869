// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CacheValueTest {
  private final Entry entry =
      Entries.committed("a", 7, "content", 5).toBuilder().origin("é").trace("parent", "").build();
  private final byte[] good = CacheValue.encode(entry);

  @Test
  void anEntryComesBack() {
    Entry back = CacheValue.decode("a", good);

    assertThat(back.revision()).isEqualTo(entry.revision());
    assertThat(back.content()).isEqualTo(entry.content());
    assertThat(back.sequence()).isEqualTo(5);
    assertThat(back.origin()).isEqualTo("é");
  }

  @Test
  void whatWasCutIsNoValue() {
    for (int length = 0; length < good.length; length++) {
      assertThat(CacheValue.decode("a", Arrays.copyOf(good, length))).as("%s", length).isNull();
    }
    assertThat(CacheValue.decode("a", Arrays.copyOf(good, good.length + 1))).isNull();
  }

  @Test
  void whatWasChangedIsNoValue() {
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      assertThat(CacheValue.decode("a", bad)).as("%s", at).isNull();
    }
  }

  @Test
  void whatBelongsToAnotherIdIsNoValue() {
    assertThat(CacheValue.decode("b", good)).isNull();
  }
}
