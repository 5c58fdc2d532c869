// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.IdHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The serial form as {@code docs/data-layout.md} has it, and what is not one. */
class FilterFormatTest {
  @Test
  void aFilterThatWasMadeFromTheDocumentIsRead() throws IOException {
    // Made by a program of its own from the document, with six buckets and three ids.
    byte[] written =
        HexFormat.of()
            .parseHex(
                "5359434601000000000000000300000006000000000000000000000000000000"
                    + "0000000000000036e60000000000000000000000008dfca98c00000000000000"
                    + "00cf8b157e");
    CuckooFilter read = FilterFormat.read(new ByteArrayInputStream(written));

    assertThat(read.count()).isEqualTo(3);
    for (String id : new String[] {"a", "api.Crypto", "größer"}) {
      assertThat(read.mightContain(IdHash.of(id))).as(id).isTrue();
    }
    assertThat(read.mightContain(IdHash.of("api.crypto"))).isFalse();
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    read.writeTo(again);
    assertThat(again.toByteArray()).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "53594347 01 0 2 | begins with other bytes",
        "53594346 02 0 2 | unknown format: 2",
        "53594346 00 0 2 | unknown format: 0",
        "53594346 01 0 0 | cannot have 0 buckets",
        "53594346 01 0 3 | cannot have 3 buckets",
        "53594346 01 0 -2 | cannot have -2 buckets",
        "53594346 01 0 2147483647 | cannot have 2147483647 buckets",
        "53594346 01 1 2 | does not hold the 1 ids",
        "53594346 01 -1 2 | does not hold the -1 ids",
        "53594346 01 9223372036854775807 2 | does not hold",
        "53594346 01 0 2147483638 | cut off",
        "53594346 01 0 1000000 | cut off",
      })
  void whatIsHostileIsRefusedWithoutBelievingItsSize(String header, String why) {
    String[] parts = header.split(" ");
    ByteBuffer bytes = ByteBuffer.allocate(4 + 1 + 8 + 4 + 16 + 4);
    bytes.putInt((int) Long.parseLong(parts[0], 16)).put(Byte.parseByte(parts[1]));
    bytes.putLong(Long.parseLong(parts[2])).putInt(Integer.parseInt(parts[3]));
    bytes.position(bytes.position() + 16);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.position());
    bytes.putInt((int) crc.getValue());

    assertThatThrownBy(() -> FilterFormat.read(new ByteArrayInputStream(bytes.array())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aSizeIsBelievedOnlyAsFarAsBytesCame() {
    // Two pieces of an alleged 2^31: with its array allocated at once this would run out of memory.
    byte[] bytes = new byte[(1 << 17) + 17];
    ByteBuffer.wrap(bytes)
        .putInt(0x53594346)
        .put((byte) 1)
        .putLong(0)
        .putInt(CuckooFilter.MOST_BUCKETS);

    assertThatThrownBy(() -> FilterFormat.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut off");
  }
}
