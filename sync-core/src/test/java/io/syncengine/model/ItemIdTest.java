// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"a", " ", "api.Crypto", "@@iterator", "ü", "\u00a0", "\ud83d\ude00", "\uffff"})
  void wellFormedIdsAreGivenBack(String id) {
    assertThat(ItemId.requireValid(id)).isSameAs(id);
  }

  @Test
  void theBoundIsInBytes() {
    for (String c : List.of("a", "ü", "€", "\ud83d\ude00")) {
      int bytes = c.getBytes(StandardCharsets.UTF_8).length;
      String longest = c.repeat(ItemId.MAX_BYTES / bytes);
      assertThat(ItemId.requireValid(longest)).isSameAs(longest);
      assertThatThrownBy(() -> ItemId.requireValid(longest + c))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 512");
    }
  }

  @Test
  void theOrderIsThatOfTheBytes() {
    SplittableRandom random = new SplittableRandom(42);
    List<String> ids =
        new ArrayList<>(List.of("a", "a.", "a.b", "A", "ü", "\ud83d\ude00", "\uffff"));
    for (int i = 0; i < 300; i++) {
      StringBuilder id = new StringBuilder();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        int cp =
            random.nextInt(4) == 0 ? 0x1f600 + random.nextInt(9) : 0xd700 + random.nextInt(0x50);
        cp = random.nextInt(3) == 0 ? 'a' + random.nextInt(3) : cp;
        cp = random.nextInt(4) == 0 ? 0xe000 + random.nextInt(0x1fff) : cp;
        id.appendCodePoint(cp);
      }
      ids.add(id.toString());
    }
    for (String a : ids) {
      for (String b : ids) {
        int bytes =
            Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(ItemId.BYTE_ORDER.compare(a, b)))
            .isEqualTo(Integer.signum(bytes));
      }
    }
  }
}
