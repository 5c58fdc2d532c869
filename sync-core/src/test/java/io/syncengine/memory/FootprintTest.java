// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.SyncItem;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FootprintTest {
  private static SyncItem item(int content, String traceParent, String traceState) {
    return SyncItem.builder("ab")
        .ownedContent(new byte[content])
        .version(1)
        .trace(traceParent, traceState)
        .build();
  }

  @Test
  void countsIdContentAndTraceContext() {
    assertThat(Footprint.of(item(0, null, null))).isEqualTo(216 + 2);
    assertThat(Footprint.of(item(10, null, null))).isEqualTo(216 + 2 + 10);
    assertThat(Footprint.of(item(10, "0-1-2", null))).isEqualTo(216 + 2 + 10 + 45);
    assertThat(Footprint.of(item(10, "0-1-2", "abc"))).isEqualTo(216 + 2 + 10 + 45 + 43);
  }

  @Test
  void twoItemsAreOfOneSizeWhenEachPartIs() {
    SyncItem one = item(10, "0-1-2", "abc");
    assertThat(Footprint.same(one, item(10, "3-4-5", "def"))).isTrue();
    assertThat(Footprint.same(one, item(11, "0-1-2", "abc"))).isFalse();
    assertThat(Footprint.same(one, item(10, "0-1-22", "abc"))).isFalse();
    assertThat(Footprint.same(one, item(10, "0-1-2", "abcd"))).isFalse();
    assertThat(Footprint.same(one, item(10, "0-1-2", null))).isFalse();
    assertThat(Footprint.same(item(10, null, null), item(10, null, null))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "\u007f", "\u0080", "\u07ff", "\u0800", "\u20ac\u4e2d", "\ud83d\ude00x"})
  void idsAreCountedInBytesOfUtf8(String id) {
    assertThat(Footprint.utf8Length(id)).isEqualTo(id.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void worthRisesWithFrequencyAndFallsWithSize() {
    assertThat(Worth.of(0, 0)).isEqualTo(0.2);
    assertThat(Worth.of(0, 1 << 20)).isEqualTo(0.1);
    assertThat(Worth.of(0, 3 << 20)).isEqualTo(0.05);
    assertThat(Worth.of(15, 1 << 20)).isEqualTo(0.4 * Math.log(16) / Math.log(1001) + 0.1);
  }
}
