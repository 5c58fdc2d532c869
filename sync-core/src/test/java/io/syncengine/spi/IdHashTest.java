// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against published values of XXH64 with seed 0 (the tests of cespare/xxhash, among others). */
class IdHashTest {
  @ParameterizedTest
  @CsvSource({
    "'', ef46db3751d8e999",
    "a, d24ec4f1a98c6e5b",
    "as, 1c330fb2d66be179",
    "asd, 631c37ce72a97393",
    "asdf, 415872f599cea71e",
    "abc, 44bc2cf5ad770999",
    "xxhash, 32dd38952c4bc720",
    "Call me Ishmael. Some years ago--never mind how long precisely-, 02a2e85470d6fd96",
  })
  void itIsXxh64(String id, String hash) {
    assertThat(IdHash.of(id)).isEqualTo(Long.parseUnsignedLong(hash, 16));
  }

  @Test
  void theBucketIsTheUpper16Bits() {
    assertThat(IdHash.bucket(0xffff_0000_0000_0000L)).isEqualTo(65_535);
    assertThat(IdHash.bucket(0x0000_ffff_ffff_ffffL)).isZero();
    assertThat(IdHash.bucket(0x8000_0000_0000_0000L)).isEqualTo(0x8000);
  }

  @Test
  void bucketsAreEven() {
    int[] counts = new int[256];
    for (int i = 0; i < 256_000; i++) {
      counts[IdHash.bucket(IdHash.of("org.mdn.bcd." + i)) >>> 8]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(800, 1200);
    }
  }
}
