// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.redis.RedisUrl.Host;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {
  private static final Host ASKED = new Host("asked", 1);

  @RegisterExtension final RedisServerExtension server = RedisFixture.cluster();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "123456789",
        "{a}b",
        "x{a}",
        "{}a",
        "a{b}c{d}",
        "{{a}}",
        "{a",
        "a}b",
        "}{",
        "ä{ö}ü"
      })
  void aKeysSlotIsThatOfRedis(String key) {
    RedisNode node = server.keyspace().nodes().get(0);
    String said = node.command("CLUSTER", "KEYSLOT", key).get(0);

    assertThat(SlotTable.slotOf(key.getBytes(StandardCharsets.UTF_8))).hasToString(said);
  }

  @Test
  void whatANodeTells() {
    SlotTable table =
        SlotTable.of(
            List.of(range(0, 1, "a", 7), range(3, 3, "b", 8), range(5, 16_383, "a", 7)), ASKED);

    assertThat(table.owner(0)).isEqualTo(new Host("a", 7));
    assertThat(table.owner(1)).isEqualTo(new Host("a", 7));
    assertThat(table.owner(2)).isNull();
    assertThat(table.owner(3)).isEqualTo(new Host("b", 8));
    assertThat(table.owner(4)).isNull();
    assertThat(table.owner(16_383)).isEqualTo(new Host("a", 7));
    assertThat(table.masters()).containsExactly(new Host("a", 7), new Host("b", 8));
  }

  /**
   * As behind an address that the node does not know, or with `cluster-preferred-endpoint-type`.
   */
  @Test
  void whereItDoesNotTellAHostItIsTheOneThatWasAsked() {
    SlotTable table =
        SlotTable.of(List.of(range(0, 0, null, 7), range(1, 1, "", 8), range(2, 2, "?", 9)), ASKED);

    assertThat(table.masters())
        .containsExactly(new Host("asked", 7), new Host("asked", 8), new Host("asked", 9));
    assertThat(new ErrorReply("MOVED 3 :7").redirection(ASKED)).isEqualTo(new Host("asked", 7));
    assertThat(new ErrorReply("ASK 3 ::1:7").redirection(ASKED)).isEqualTo(new Host("::1", 7));
  }

  private static List<Object> range(long from, long to, String host, long port) {
    byte[] name = host == null ? null : host.getBytes(StandardCharsets.UTF_8);
    byte[] replica = "replica".getBytes(StandardCharsets.UTF_8);
    return List.of(from, to, Arrays.asList(name, port), Arrays.asList(replica, port));
  }
}
