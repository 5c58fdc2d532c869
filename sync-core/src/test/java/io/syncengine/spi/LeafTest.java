// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeafTest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private static byte[] bytes(SplittableRandom random) {
    byte[] bytes = new byte[Leaf.BYTES];
    random.nextBytes(bytes);
    if (random.nextInt(4) == 0) {
      java.util.Arrays.fill(bytes, (byte) 0xff);
    }
    return bytes;
  }

  private static BigInteger number(byte[] bytes) {
    return new BigInteger(1, bytes);
  }

  @Test
  void sumsAndDeltasAreThoseOfUnsignedNumbers() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1000; i++) {
      byte[] a = bytes(random);
      byte[] b = bytes(random);
      byte[] sum = a.clone();
      Leaf.add(sum, b);
      assertThat(number(sum)).isEqualTo(number(a).add(number(b)).mod(MODULUS));
      byte[] delta = Leaf.delta(a, b);
      assertThat(number(delta)).isEqualTo(number(b).subtract(number(a)).mod(MODULUS));
      byte[] moved = a.clone();
      Leaf.add(moved, delta);
      assertThat(moved).isEqualTo(b);
    }
  }

  @Test
  void theBytesThatAreHashedAreThoseOfTheLayout() throws Exception {
    byte[] content =
        MessageDigest.getInstance("SHA-256").digest("1".getBytes(StandardCharsets.UTF_8));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update((byte) 'L');
    digest.update(new byte[] {0, 2});
    digest.update("ü".getBytes(StandardCharsets.UTF_8));
    digest.update(new byte[] {0, 0, 0, 0, 0, 0, 1, 2});
    digest.update(content);
    assertThat(Leaf.of("ü", Revision.ofValue(258, content))).isEqualTo(digest.digest());
  }

  @Test
  void aTombstoneIsZero() {
    assertThat(Leaf.of("x", Revision.ofTombstone(5))).isEqualTo(new byte[Leaf.BYTES]);
  }
}
