// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/**
 * The bytes are fixed: a log outlives the version that wrote it. Those here were not made by this
 * code but from the tables in {@code docs/data-layout.md}.
 */
class GroupFormatTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theBytesOfFormat1AreThese() {
    Entry full =
        Entries.value("api.Crypto", 258, "{}").toBuilder()
            .origin("i1")
            .trace("p", "s")
            .base(Entries.tombstone("api.Crypto", 257).revision())
            .build();
    GroupFormat group = GroupFormat.encode(3, 512, List.of(full, Entries.tombstone("a", 1)));
    assertThat(HEX.formatHex(group.head())).isEqualTo(HEAD);
    assertThat(HEX.formatHex(group.body())).isEqualTo(BODY);
  }

  @Test
  void bytesThatFormat1WroteAreRead() throws Exception {
    List<Entry> entries = new GroupFormat(HEX.parseHex(HEAD), HEX.parseHex(BODY)).decode(3, 512);
    assertThat(entries).hasSize(2);
    assertThat(entries.get(0).toItem().contentAsString()).isEqualTo("{}");
    assertThat(entries.get(0).base().version()).isEqualTo(257);
    assertThat(entries.get(1).tombstone()).isTrue();
  }

  @Test
  void anUnknownFormatIsNotGuessedAt() {
    byte[] head = HEX.parseHex(HEAD);
    head[0] = 2;
    assertThatThrownBy(() -> new GroupFormat(head, HEX.parseHex(BODY)).decode(3, 512))
        .isInstanceOf(GroupFormat.DamagedException.class);
  }

  @Test
  void theProviderIsFound() {
    assertThat(ServiceLoader.load(io.syncengine.spi.WriteAheadLogProvider.class))
        .anySatisfy(
            p -> {
              assertThat(p.name()).isEqualTo("sqlite");
              assertThat(p.keys()).containsExactlyInAnyOrder("reserve_bytes", "checkpoint_bytes");
            });
  }

  private static final String HEAD =
      "010000000200000000000000832fe4f0c00000008300000020ca04b6641d8899" + "47";
  private static final String BODY =
      "3e000000000000000001020000018bcfe56800c5c9a41c8dfb9be844136fa355"
          + "b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8aa3ef46ab85"
          + "5769fed634fa5a3d905ad95a0fcb6b01be2a39ca1abb0ab6737bfa0000000a61"
          + "70692e43727970746f0000000269310000000170000000017300000000000001"
          + "017b7d01000000000000000000010000018bcfe56800d24ec4f1a98c6e5b0000"
          + "000161";
}
