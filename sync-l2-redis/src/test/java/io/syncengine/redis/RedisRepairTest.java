// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Leaf;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.ManualTime;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ground truth in Redis after something else than an engine has changed it. */
class RedisRepairTest {
  private static final byte[] NO_LEAF = new byte[Leaf.BYTES];

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  private final List<RedisTier> opened = new ArrayList<>();
  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void configure() {
    keyspace = server.keyspace();
    config = RedisFixture.config(keyspace);
  }

  @AfterEach
  void close() {
    opened.forEach(RedisTier::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void headersTellWhatIsDamaged(String client) {
    RedisTier tier = damaged(client);

    List<Header> headers = tier.headers(IdRange.ALL, null, 10).headers();

    assertThat(headers)
        .extracting(Header::id)
        .containsExactly("cut", "dead", "empty", "gone", "good", "type");
    for (Header header : headers) {
      if (header.id().equals("good")) {
        assertThat(header.revision()).isEqualTo(value("good", 2, "x").revision());
      } else {
        assertThat(header.revision()).as(header.id()).isNull();
        assertThat(header.leaf()).isEqualTo(NO_LEAF);
        assertThat(header.live()).isTrue();
      }
    }
    assertThatThrownBy(() -> tier.scan(IdRange.ALL, null, 10))
        .isInstanceOf(CorruptDataException.class);
  }

  /** Also of a time that the purge has passed: a row is there, though nobody can tell which. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatIsDamagedIsRestored(String client) {
    RedisTier tier = damaged(client);
    tier.purge(Entries.ACCEPTED_AT + 1, 100);
    List<Entry> batch = new ArrayList<>();
    for (String id : List.of("cut", "dead", "empty", "gone", "good", "new", "type")) {
      batch.add(id.equals("dead") ? tombstone(id, 2) : value(id, 2, "x"));
    }

    ApplyResult result = tier.restore(batch);

    ItemOutcome overDamage = ItemOutcome.applied(new Before(Before.State.LIVE, null));
    for (int i = 0; i < batch.size(); i++) {
      ItemOutcome outcome = result.outcomes().get(i);
      switch (batch.get(i).id()) {
        case "new" -> assertThat(outcome.reason()).isEqualTo(ItemOutcome.EXPIRED);
        case "good" ->
            assertThat(outcome).isEqualTo(ItemOutcome.applied(Before.of(batch.get(i).revision())));
        default -> assertThat(outcome).as(batch.get(i).id()).isEqualTo(overDamage);
      }
    }
    ChangeRow row = tier.poll(result.row().sequence(), 1).rows().get(0);
    assertThat(row).usingRecursiveComparison().isEqualTo(result.row());
    assertThat(row.changes()).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(row.changes().get(i).before()).isEqualTo(Before.State.ABSENT);
    }
    assertThat(tier.scan(IdRange.ALL, null, 10))
        .extracting(Entry::id)
        .containsExactly("cut", "empty", "gone", "good", "type");
    assertThat(tier.headers(IdRange.ALL, null, 10).headers())
        .extracting(Header::id)
        .containsExactly("cut", "dead", "empty", "gone", "good", "type");
    assertThat(tier.load(List.of("dead")).found().get("dead").tombstone()).isTrue();
  }

  /** What was changed by hand under the same revision is subtracted as it stands there. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aRestoredRowsDeltaIsFromTheLeafThatIsStored(String client) {
    RedisTier tier = open(client);
    tier.apply(List.of(value("a", 2, "x")));
    byte[] right = tier.headers(IdRange.ALL, null, 1).headers().get(0).leaf();
    // The leaf's first four bytes, in the envelope behind format, sequence and revision.
    node().command("SETRANGE", keyspace.prefix() + "item:a", "50", "abcd");
    byte[] stored = tier.headers(IdRange.ALL, null, 1).headers().get(0).leaf();
    assertThat(stored).isNotEqualTo(right);

    ApplyResult result = tier.restore(List.of(value("a", 2, "x")));

    assertThat(result.row().changes().get(0).leafDelta()).isEqualTo(Leaf.delta(stored, right));
    assertThat(tier.poll(2, 1).rows().get(0)).usingRecursiveComparison().isEqualTo(result.row());
    assertThat(tier.headers(IdRange.ALL, null, 1).headers().get(0).leaf()).isEqualTo(right);
  }

  /** As only a hand can do it. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void anIdInBothIndexesComesOnce(String client) {
    RedisTier tier = open(client);
    tier.apply(List.of(value("a", 1, "x"), tombstone("b", 1), value("c", 1, "x")));
    node().command("ZADD", keyspace.prefix() + "tombstone_ids", "0", "a");
    node().command("ZADD", keyspace.prefix() + "ids", "0", "b");

    assertThat(tier.headers(IdRange.ALL, null, 10).headers())
        .extracting(Header::id)
        .containsExactly("a", "b", "c");
    assertThat(tier.headers(IdRange.ALL, null, 2).headers())
        .extracting(Header::id)
        .containsExactly("a", "b");
  }

  /** Data of the time before headers were told has no tombstones by id. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void dataOfFormat1IsBroughtToFormat2(String client) {
    RedisTier tier = open(client);
    List<Entry> batch =
        IntStream.range(100, 200)
            .mapToObj(i -> i % 2 == 0 ? value("id" + i, 1, "x") : tombstone("id" + i, 1))
            .toList();
    tier.apply(batch);
    tier.close();
    node().command("DEL", keyspace.prefix() + "tombstone_ids");
    node().command("HSET", keyspace.prefix() + "meta", "format", "1", "readable_from", "1");

    assertThatThrownBy(() -> new RedisTier().open(config.withClient(client).withReadOnly(true)))
        .isInstanceOf(TierException.class)
        .hasMessageContaining("open it for writing once");
    RedisTier next = open(client);

    assertThat(next.headers(IdRange.ALL, null, 1_000).headers())
        .extracting(Header::id)
        .containsExactlyElementsOf(batch.stream().map(Entry::id).toList());
    assertThat(node().command("HMGET", keyspace.prefix() + "meta", "format", "readable_from"))
        .containsExactly("2", "2");
  }

  /** More than one step of it, with readers on the way; the newest stays whatever its time. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void manyRowsAreTrimmedUpToWhatAReaderNeeds(String client) {
    ManualTime clock = new ManualTime();
    RedisTier tier = new RedisTier();
    tier.open(config.withClient(client).withTimeSource(clock));
    opened.add(tier);
    long begin = clock.currentTimeMillis();
    for (int i = 1; i <= 300; i++) {
      tier.apply(List.of(value("a", i, "x")));
      clock.advance(Duration.ofMillis(1));
    }
    tier.register("slow", 201);
    tier.register("slower", 51);
    long all = clock.currentTimeMillis() + 1;

    assertThat(tier.trim(all, begin, 1_000)).isEqualTo(50);
    assertThat(tier.trim(all, begin, 1_000)).isZero();
    assertThat(tier.trim(all, begin + 100, 10)).isEqualTo(10);
    assertThat(tier.trim(all, begin + 100, 1_000)).isEqualTo(140);
    assertThat(tier.poll(1, 1).rows().get(0).sequence()).isEqualTo(201);
    // The one that was passed is forgotten, and comes back as it likes.
    assertThat(node().command("HKEYS", keyspace.prefix() + "readers")).containsExactly("slow");
    tier.unregister("slow");
    tier.unregister("nobody");
    assertThat(tier.trim(all, all, 1_000)).isEqualTo(99);
    assertThat(tier.poll(1, 10).rows()).extracting(ChangeRow::sequence).containsExactly(300L);
    assertThat(tier.trim(all, all, 1_000)).isZero();
    assertThat(tier.apply(List.of(value("a", 301, "x"))).row().sequence()).isEqualTo(301);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatCannotBeMeantIsRefused(String client) {
    RedisTier tier = open(client);

    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> tier.register("", 1),
            () -> tier.register("x".repeat(257), 1),
            () -> tier.register("a", 0),
            () -> tier.trim(1, 2, 1),
            () -> tier.trim(2, 1, 0),
            () -> tier.headers(IdRange.ALL, null, 0))) {
      assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** A full Redis can be relieved of its old rows. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aFullRedisIsTrimmed(String client) {
    RedisTier tier = open(client);
    for (int i = 1; i <= 10; i++) {
      tier.apply(List.of(value("a", i, "x")));
    }
    node().command("CONFIG", "SET", "maxmemory", "1");
    try {
      assertThat(tier.trim(Long.MAX_VALUE, Long.MAX_VALUE, 100)).isEqualTo(9);
      assertThatThrownBy(() -> tier.register("late", 10))
          .isInstanceOf(TierUnavailableException.class)
          .hasMessageContaining("full");
    } finally {
      node().command("CONFIG", "SET", "maxmemory", "0");
    }
  }

  /** Whatever was pulled from under the tier is another's, and not touched. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void anotherDatabaseIsNotTouched(String client) {
    RedisTier tier = open(client);
    tier.apply(List.of(value("a", 1, "x")));
    keyspace.wipe();

    assertReplaced(() -> tier.headers(IdRange.ALL, null, 10));
    assertReplaced(() -> tier.restore(List.of(value("a", 1, "x"))));
    assertReplaced(() -> tier.register("one", 1));
    assertReplaced(() -> tier.unregister("one"));
    assertReplaced(() -> tier.trim(1, 1, 10));
    assertThat(keyspace.keys()).isEmpty();
  }

  private static void assertReplaced(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("another database");
  }

  /** One item of each way to be damaged, and one that is not. */
  private RedisTier damaged(String client) {
    RedisTier tier = open(client);
    tier.apply(
        List.of(
            value("cut", 2, "x"),
            tombstone("dead", 2),
            value("empty", 2, "x"),
            value("gone", 2, "x"),
            value("good", 2, "x"),
            value("type", 2, "x")));
    String item = keyspace.prefix() + "item:";
    node().command("SET", item + "cut", "\u0001mine");
    node().command("SET", item + "dead", "mine");
    node().command("SET", item + "empty", "");
    node().command("DEL", item + "gone", item + "type");
    node().command("LPUSH", item + "type", "mine");
    return tier;
  }

  private RedisTier open(String client) {
    RedisTier tier = new RedisTier();
    tier.open(config.withClient(client));
    opened.add(tier);
    return tier;
  }

  private RedisNode node() {
    return keyspace.nodes().get(0);
  }
}
