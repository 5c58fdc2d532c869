// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.testkit.Entries;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PacketsTest {
  @Test
  void aLongValueIsCountedByteByByte() {
    byte[] plain = new byte[1 << 20];
    Arrays.fill(plain, (byte) 'x');
    byte[] zeros = new byte[1 << 20];

    assertThat(Packets.bytes(plain)).isEqualTo(1 << 20);
    assertThat(Packets.bytes(zeros)).isEqualTo(2 << 20);
  }

  @Test
  void aShortValueIsTakenForTwiceItsLength() {
    assertThat(Packets.bytes("x".repeat(1000).getBytes(UTF_8))).isEqualTo(2000);
  }

  @Test
  void aRowCountsItsTextsAndItsContent() {
    long small = Packets.row(Entries.value("a", 1, ""));

    assertThat(Packets.row(Entries.value("a".repeat(100), 1, "")) - small).isEqualTo(3 * 99);
    assertThat(Packets.row(Entries.value("a", 1, "x".repeat(100))) - small).isEqualTo(200);
    assertThat(Packets.row(Entries.tombstone("a", 1))).isEqualTo(small);
  }
}
