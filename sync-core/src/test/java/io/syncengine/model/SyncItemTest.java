// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SyncItemTest {
  @Test
  void contentIsCopiedInAndOut() {
    byte[] bytes = {1, 2, 3};
    SyncItem item = SyncItem.of("x", bytes);
    bytes[0] = 9;
    item.content()[1] = 9;
    assertThat(item.content()).containsExactly(1, 2, 3);
    assertThat(item.contentLength()).isEqualTo(3);
    assertThatThrownBy(() -> item.contentBuffer().put((byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void textIsUtf8AndIsNotParsed() {
    assertThat(SyncItem.of("x", "{not json €").contentAsString()).isEqualTo("{not json €");
    assertThat(SyncItem.of("x", "").content()).isEmpty();
    SyncItem malformed = SyncItem.of("x", new byte[] {(byte) 0xc3});
    assertThatThrownBy(malformed::contentAsString)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use content()");
  }

  @Test
  void theHashIsSha256() {
    assertThat(HexFormat.of().formatHex(SyncItem.of("x", "abc").contentHash()))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    SyncItem.of("x", "abc").contentHash()[0] = 0;
  }

  @Test
  void itIsEqualByIdRevisionAndHash() {
    SyncItem a = SyncItem.builder("x").content("1").version(5).build();
    assertThat(a).isEqualTo(SyncItem.builder("x").content("1").version(5).build());
    assertThat(a).hasSameHashCodeAs(SyncItem.builder("x").content("1").version(5).build());
    assertThat(a).isNotEqualTo(SyncItem.builder("x").content("2").version(5).build());
    assertThat(a).isNotEqualTo(SyncItem.builder("x").content("1").version(6).build());
    assertThat(a).isNotEqualTo(SyncItem.builder("y").content("1").version(5).build());
  }

  @Test
  void otherContentUnsetsTheVersionAndKeepsTheTrace() {
    SyncItem a = SyncItem.builder("x").content("1").version(5).trace("parent", "state").build();
    SyncItem b = a.withContent("2");
    assertThat(b.version()).isZero();
    assertThat(b.traceParent()).isEqualTo("parent");
    assertThat(b.traceState()).isEqualTo("state");
    assertThatThrownBy(b::revision).isInstanceOf(IllegalStateException.class);
    assertThat(a.revision().version()).isEqualTo(5);
  }

  @Test
  void itsTextTellsNeitherIdNorContent() {
    assertThat(SyncItem.of("secret-id", "secret").toString()).doesNotContain("secret");
  }
}
