// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.Revision;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can happen to a cache in Redis, by either client. */
class RedisCacheTest {
  private static final long HEAD = 100;
  private static final String[] RIGHTS =
      "reset on >pw +@read +@write +@scripting +@connection +info +time".split(" ");

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  private final List<RedisTier> opened = new ArrayList<>();
  private final CacheSpace space = new CacheSpace("database", 1);
  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    config = RedisFixture.config(keyspace).withRole(TierRole.CACHE);
  }

  @AfterEach
  void close() {
    opened.forEach(RedisTier::close);
  }

  // --- going back

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aConnectionThatEndsIsNoLoss(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("a", 1, "x", 1));

    node().command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES");

    RedisFixture.untilAvailable(() -> assertThat(held(cache, "a")).isEqualTo(1));
    RedisFixture.untilAvailable(
        () -> assertThat(put(cache, committed("a", 2, "y", 2))).isEqualTo(CacheOutcome.STORED));
    assertThat(cache.move(space, "one", 0, 2)).isTrue();
  }

  /** As after a restart from a dump that is older than what was told. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aServerThatLostItsTailIsNotBelieved(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("a", 1, "old", 1));
    String item = RedisFixture.keys(keyspace, RedisFixture.ITEMS).get(0);
    node().command("COPY", item, keyspace.prefix() + "older");
    put(cache, committed("a", 2, "new", 2));
    keyspace.restart();
    node().command("COPY", keyspace.prefix() + "older", item, "REPLACE");

    for (int i = 0; i < 20; i++) {
      assertUnavailable(() -> cache.get(space, List.of("a")));
    }
    RedisFixture.untilAvailable(() -> assertThat(cache.state(space)).isEmpty());
    assertUnavailable(() -> cache.get(space, List.of("a")));
    assertUnavailable(() -> cache.move(space, "one", 0, 1));
    assertThat(cache.begin(space, 2, 2)).as("the same again").isFalse();
    CacheSpace next = new CacheSpace("database", 2);
    assertThat(cache.begin(next, 2, 2)).isTrue();
    assertThat(cache.get(next, List.of("a"))).isEmpty();
    RedisTier another = open(client, config);
    assertThat(another.state(space)).isEmpty();
    assertThat(another.state(next)).isPresent();
  }

  /** It is another server then, though connections stand. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aServerThatWasAReplicaMeanwhileIsNotBelieved(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("a", 1, "x", 1));
    node().command("REPLICAOF", "127.0.0.1", "1");
    try {
      assertUnavailable(() -> put(cache, committed("a", 2, "y", 2)));
    } finally {
      node().command("REPLICAOF", "NO", "ONE");
    }

    RedisFixture.untilAvailable(() -> assertThat(cache.state(space)).isEmpty());
    assertUnavailable(() -> cache.get(space, List.of("a")));
    assertThat(cache.begin(new CacheSpace("database", 2), 0, 0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aReplicaIsNoCache(String client) {
    node().command("REPLICAOF", "127.0.0.1", "1");
    try {
      assertThatThrownBy(() -> open(client, config))
          .isInstanceOf(TierUnavailableException.class)
          .hasMessageContaining("replica");
    } finally {
      node().command("REPLICAOF", "NO", "ONE");
    }
  }

  /** Whoever knew the first one has seen what the second does not have. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aSpaceThatWasBegunTwiceIsNotBelieved(String client) {
    RedisTier cache = begun(client);
    RedisTier other = open(client, config);
    keyspace.wipe();
    assertThat(cache.state(space)).isEmpty();
    assertThat(other.begin(space, 0, 0)).isTrue();

    assertThat(cache.state(space)).isEmpty();
    assertThat(cache.begin(space, 0, 0)).isFalse();
    assertUnavailable(() -> cache.move(space, "one", 0, 1));
    assertUnavailable(() -> cache.get(space, List.of("a")));
    assertThat(other.state(space)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whileTheServerHangsEachCallEndsInTimeAndAfterwardsAllIsWell(String client) {
    RedisTier cache = open(client, config.withRequestTimeout(Duration.ofSeconds(1)));
    cache.begin(space, 0, 0);
    put(cache, committed("a", 1, "x", 1));
    keyspace.pause();
    long began = System.nanoTime();

    assertUnavailable(() -> cache.get(space, List.of("a")));
    assertUnavailable(() -> put(cache, committed("a", 2, "y", 2)));
    assertUnavailable(() -> cache.state(space));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(RedisFixture.PATIENCE);

    keyspace.resume();
    RedisFixture.untilAvailable(() -> assertThat(held(cache, "a")).isPositive());
    RedisFixture.untilAvailable(() -> put(cache, committed("a", 3, "z", 3)));
    RedisFixture.untilAvailable(() -> assertThat(cache.state(space)).isPresent());
    assertThat(held(cache, "a")).isEqualTo(3);
  }

  // --- full

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aFullRedisIsStillToldWhatIsOld(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("replaced", 1, "x", 1));
    put(cache, committed("dropped", 1, "x", 1));
    put(cache, committed("kept", 3, "x", 1));
    put(cache, committed("late", 1, "x", 1));
    node().command("CONFIG", "SET", "maxmemory", "1");
    try {
      assertThat(put(cache, committed("replaced", 2, "y", 5))).isEqualTo(CacheOutcome.REFUSED);
      assertThat(put(cache, committed("kept", 2, "y", 5))).isEqualTo(CacheOutcome.KEPT);
      assertThat(put(cache, committed("new", 2, "y", 5))).isEqualTo(CacheOutcome.REFUSED);
      assertThat(drop(cache, "dropped", 2, 5)).isEqualTo(CacheOutcome.ABSENT);
      assertThat(drop(cache, "late", 2, 5)).isEqualTo(CacheOutcome.ABSENT);
      assertThat(cache.get(space, List.of("replaced", "dropped", "kept", "new", "late")))
          .containsOnlyKeys("kept");
      assertThat(cache.move(space, "one", 0, 5)).isTrue();
      assertThat(cache.advance(space, 0, 4, 44)).isTrue();
      assertThat(cache.state(space).orElseThrow().positions()).isEqualTo(Map.of("one", 5L));
    } finally {
      node().command("CONFIG", "SET", "maxmemory", "0");
    }
    // Its lane has no number any more, and gets the head.
    assertThat(putLate(cache, committed("late", 1, "x", 1), 4)).isEqualTo(CacheOutcome.ABSENT);
    assertThat(put(cache, committed("late", 2, "y", 5))).isEqualTo(CacheOutcome.ABSENT);
    assertThat(putLate(cache, committed("late", 2, "y", 5), HEAD)).isEqualTo(CacheOutcome.STORED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aFullRedisDoesNotGrow(String client) {
    RedisTier cache = begun(client);
    List<CacheWrite> writes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      cache.put(space, List.of(CacheWrite.put(committed("id" + i, 1, "x", 1), 1)), () -> 1);
      Entry large = Entries.value("id" + i, 2, new byte[10_000]);
      writes.add(CacheWrite.put(large.toBuilder().sequence(2).build(), 2));
    }
    node().command("CONFIG", "SET", "maxmemory", "1");
    try {
      assertThat(cache.put(space, writes, () -> 2)).containsOnly(CacheOutcome.REFUSED);
      assertThat(RedisFixture.keys(keyspace, RedisFixture.ITEMS)).isEmpty();
    } finally {
      node().command("CONFIG", "SET", "maxmemory", "0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aValueThatIsTooLargeIsRefusedAndWhatIsBelowItGoes(String client) {
    String user = "sync_all";
    node().command("ACL", "SETUSER", user, "on", ">pw", "+@all", "~*");
    node().command("CONFIG", "SET", "proto-max-bulk-len", "1mb");
    try {
      RedisTier cache =
          open(client, config.withUrl("redis://" + user + ":pw@127.0.0.1:" + node().port()));
      cache.begin(space, 0, 0);
      put(cache, committed("large", 1, "x", 1));
      put(cache, committed("higher", 3, "x", 1));

      byte[] content = new byte[2 << 20];
      assertThat(put(cache, Entries.value("large", 2, content))).isEqualTo(CacheOutcome.REFUSED);
      assertThat(put(cache, Entries.value("higher", 2, content))).isEqualTo(CacheOutcome.KEPT);
      assertThat(put(cache, Entries.value("other", 2, content))).isEqualTo(CacheOutcome.REFUSED);

      assertThat(cache.get(space, List.of("large", "higher", "other"))).containsOnlyKeys("higher");
    } finally {
      node().command("CONFIG", "SET", "proto-max-bulk-len", "512mb");
      node().command("ACL", "DELUSER", user);
    }
  }

  // --- what others have put there

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aValueThatNobodyUnderstandsIsAMissUntilTheNextWrite(String client) {
    RedisTier cache = begun(client);
    List<String> ids = List.of("text", "list", "made", "dropped", "late");
    ids.forEach(id -> put(cache, committed(id, 5, "x", 5)));
    node().command("SET", item("text"), "mine");
    for (String id : ids.subList(1, 5)) {
      node().command("DEL", item(id));
      node().command("LPUSH", item(id), "mine");
    }

    assertThat(cache.get(space, ids)).isEmpty();

    assertThat(put(cache, committed("text", 1, "y", 5))).isEqualTo(CacheOutcome.STORED);
    assertThat(put(cache, committed("made", 1, "y", 5))).isEqualTo(CacheOutcome.STORED);
    assertThat(drop(cache, "dropped", 1, 5)).isEqualTo(CacheOutcome.ABSENT);
    assertThat(put(cache, committed("late", 1, "y", 4))).isEqualTo(CacheOutcome.ABSENT);
    assertThat(cache.get(space, ids)).containsOnlyKeys("text", "made");
    assertThat(RedisFixture.keys(keyspace, RedisFixture.ITEMS))
        .containsExactlyInAnyOrder(item("text"), item("made"), item("list"));
  }

  /** Each way to be no value that its front can tell, and keys of which no id has the place. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aScanTellsWhatNobodyUnderstands(String client) {
    RedisTier cache = begun(client);
    List<String> ids =
        List.of("good", "empty", "type", "cut", "format", "version", "hash", "b\u00e9d");
    ids.forEach(id -> put(cache, committed(id, 5, "x", 5)));
    node().command("SET", item("empty"), "");
    node().command("DEL", item("type"));
    node().command("LPUSH", item("type"), "mine");
    node().command("SET", item("cut"), "\u0002" + "x".repeat(100));
    node().command("SETRANGE", item("format"), "0", "\u0003");
    node().command("SETRANGE", item("version"), "16", "\u0006");
    node().command("SETRANGE", item("hash"), "20", "\u0006");
    node().command("SETRANGE", item("b\u00e9d"), "9", "\u00e9");
    String lane = item("good").substring(0, item("good").lastIndexOf('{'));
    String strayed = lane + (CacheKeys.lane("good") == 7 ? "{08}" : "{07}") + ":good";
    node().command("SET", strayed, "x");
    String control = lane + "{07}:\u0001";
    node().command("SET", control, "x");
    // Not under the keys of items.
    node().command("SET", lane + "{07}!", "x");
    node().command("SET", lane + "other", "x");

    assertThat(scanned(cache, null, page -> page.headers().stream().map(Header::id)))
        .containsOnly("good");
    assertThat(scanned(cache, null, page -> page.unreadable().stream()))
        .containsExactlyInAnyOrder(
            "empty", "type", "cut", "format", "version", "hash", "b\u00e9d", strayed, control);
    cache.remove(space, ids);
    assertThat(scanned(cache, null, page -> page.unreadable().stream()))
        .containsExactlyInAnyOrder(strayed, control);
    cache.remove(space, List.of(strayed, control, lane + "other"));
    assertThat(scanned(cache, null, page -> page.unreadable().stream())).isEmpty();
    assertThat(node().command("EXISTS", lane + "other")).as("no item").containsExactly("1");
  }

  /** Each has a name of its own, and goes by that. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aKeyThatIsNoTextIsToldAndTakenAway(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("good", 1, "x", 1));
    put(cache, committed("b\u00e9d", 1, "x", 1));
    String items = item("good").substring(0, item("good").lastIndexOf(':') + 1);
    for (String bytes : List.of("\\255", "\\254", "a\\195", "\\195\\169")) {
      String set = "return redis.call('SET', KEYS[1] .. '" + bytes + "', 'x')";
      node().command("EVAL", set, "1", items);
    }

    Set<String> names = scanned(cache, null, page -> page.unreadable().stream());
    assertThat(names).hasSize(4);
    cache.remove(space, names);

    assertThat(scanned(cache, null, page -> page.unreadable().stream())).isEmpty();
    assertThat(scanned(cache, null, page -> page.headers().stream().map(Header::id)))
        .containsExactlyInAnyOrder("good", "b\u00e9d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aScanThatRedisRefusesSaysWhy(String client) {
    RedisTier cache = begun(client);
    node().command("ACL", "SETUSER", keyspace.user(), "-scan");

    assertThatThrownBy(() -> cache.scan(space, null, 100))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("rights no longer suffice");
  }

  /** Something of all pages from a cursor on. */
  private Set<String> scanned(
      RedisTier cache, String cursor, Function<CachePage, Stream<String>> what) {
    Set<String> all = new HashSet<>();
    String next = cursor;
    do {
      CachePage page = cache.scan(space, next, 100);
      what.apply(page).forEach(all::add);
      next = page.next();
    } while (next != null);
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatIsNoCursorIsRefused(String client) {
    RedisTier cache = begun(client);

    for (String cursor : List.of("", "0 ", "x", "0/0/0", "0/1/-1/id/", "0/1/1/", "\n0")) {
      assertThatThrownBy(() -> cache.scan(space, cursor, 10))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Of another process a cursor says nothing; that part is begun anew. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aCursorOfAnotherServerBeginsAnew(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("a", 1, "x", 1));
    String all = ScanCursor.ALL.toString(16);

    String cursor = "0/" + all + "/12345/someone/";
    assertThat(scanned(cache, cursor, page -> page.headers().stream().map(Header::id)))
        .containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aLaneThatNobodyUnderstandsHasLostItsNumber(String client) {
    RedisTier cache = begun(client);
    put(cache, committed("a", 1, "x", 1));
    drop(cache, "a", 2, 5);
    String lane = item("a").substring(0, item("a").lastIndexOf(':'));
    for (String value : List.of("", "mine", "x".repeat(9), "y".repeat(17))) {
      node().command("SET", lane, value);
      assertThat(putLate(cache, committed("a", 1, "x", 1), 4)).isEqualTo(CacheOutcome.ABSENT);
    }
    node().command("DEL", lane);
    node().command("HSET", lane, "a", "b");
    assertThat(putLate(cache, committed("a", 1, "x", 1), 4)).isEqualTo(CacheOutcome.ABSENT);
    assertThat(putLate(cache, committed("a", 3, "x", 9), HEAD)).isEqualTo(CacheOutcome.STORED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aStateThatNobodyUnderstandsIsNone(String client) {
    RedisTier cache = begun(client);
    String state = RedisFixture.keys(keyspace, RedisFixture.STATES).get(0);
    node().command("HSET", state, "base", "mine");
    assertThat(cache.state(space)).isEmpty();
    assertThat(cache.begin(space, 0, 0)).isFalse();

    node().command("DEL", state);
    node().command("SET", state, "mine");
    assertThat(cache.state(space)).isEmpty();
    assertUnavailable(() -> cache.move(space, "one", 0, 1));
    assertUnavailable(() -> cache.get(space, List.of("a")));

    assertThat(open(client, config).begin(space, 0, 0)).as("by who never knew it").isTrue();
  }

  /** Of what is merged the later commit is the newer one, whatever the hashes say. */
  @Test
  void whatIsMergedIsOrderedByCommit() {
    RedisTier cache = begun("lettuce");
    Entry one = merged("one", 5);
    Entry two = merged("two", 6);
    for (Entry[] order : List.of(new Entry[] {one, two}, new Entry[] {two, one})) {
      String id = order[0] == one ? "rising" : "falling";
      long first = order[0] == one ? 5 : 6;
      put(cache, named(id, order[0], first));
      assertThat(put(cache, named(id, order[1], first - 1))).isEqualTo(CacheOutcome.KEPT);
      assertThat(put(cache, named(id, order[1], first + 1))).isEqualTo(CacheOutcome.STORED);
      assertThat(dropAt(cache, id, order[0].revision(), first + 1)).isEqualTo(CacheOutcome.KEPT);
      assertThat(dropAt(cache, id, order[0].revision(), first + 2)).isEqualTo(CacheOutcome.ABSENT);
    }
  }

  // --- opening

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void theRightsThatReadmeNamesSuffice(String client) {
    String user = keyspace.user() + "_least";
    List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", user));
    words.addAll(Arrays.asList(RIGHTS));
    words.add("~" + keyspace.prefix() + "*");
    node().command(words.toArray(String[]::new));
    try {
      RedisTier cache =
          open(client, config.withUrl("redis://" + user + ":pw@127.0.0.1:" + node().port()));
      assertThat(cache.begin(space, 0, 0)).isTrue();
      assertThat(putLate(cache, committed("a", 1, "x", 1), HEAD)).isEqualTo(CacheOutcome.STORED);
      assertThat(cache.get(space, List.of("a"))).hasSize(1);
      assertThat(scanned(cache, null, page -> page.headers().stream().map(Header::id)))
          .containsExactly("a");
      cache.remove(space, List.of("a"));
      assertThat(cache.get(space, List.of("a"))).isEmpty();
      assertThat(drop(cache, "a", 2, HEAD)).isEqualTo(CacheOutcome.ABSENT);
      assertThat(cache.move(space, "one", 0, 2)).isTrue();
      assertThat(cache.advance(space, 0, 3, 3)).isTrue();
      assertThat(cache.state(space)).isPresent();
    } finally {
      node().command("ACL", "DELUSER", user);
    }
  }

  /** A script that may not run its last command would stop half way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "del",
        "exists",
        "get",
        "getrange",
        "hdel",
        "hexists",
        "hget",
        "hgetall",
        "hkeys",
        "hset",
        "info",
        "mget",
        "pexpire",
        "pttl",
        "set"
      })
  void aUserWhoLacksOneCommandOfTheScripts(String command) {
    node().command("ACL", "SETUSER", keyspace.user(), "-" + command);

    for (String client : List.of("lettuce", "jedis")) {
      assertThatThrownBy(() -> open(client, config))
          .isInstanceOf(TierException.class)
          .isNotInstanceOf(TierUnavailableException.class)
          .hasMessageContaining("rights do not suffice");
    }
    assertThat(keyspace.keys()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatIsOpenInOneRoleDoesNotDoTheOther(String client) {
    RedisTier cache = begun(client);

    assertThatThrownBy(() -> cache.load(List.of("a")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> cache.apply(List.of(Entries.value("a", 1, "x"))))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> cache.scan(IdRange.ALL, null, 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> cache.open(config.withClient(client).withRole(TierRole.GROUND_TRUTH)))
        .isInstanceOf(TierException.class)
        .hasMessageContaining("another role");
    RedisTier truth = open(client, config.withRole(TierRole.GROUND_TRUTH));
    assertThatThrownBy(() -> truth.state(space)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(truth.load(List.of("a")).found()).isEmpty();
  }

  /** Items of a space whose keys nobody renews go, and so does all else of it. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void everyKeyHasATimeToLive(String client) {
    RedisTier cache = begun(client);
    List<CacheWrite> writes = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      writes.add(CacheWrite.put(committed("id" + i, 1, "x", 1), 1));
    }
    cache.put(space, writes, () -> 1);
    cache.move(space, "one", 0, 1);

    long hour = Duration.ofHours(1).toMillis();
    for (String key : RedisFixture.keys(keyspace, RedisFixture.ITEMS)) {
      assertThat(ttl(key)).isBetween(hour * 8 / 10, hour * 11 / 10);
    }
    assertThat(RedisFixture.keys(keyspace, RedisFixture.ITEMS).stream().map(k -> ttl(k) / 60_000))
        .as("not all at a time")
        .hasSizeGreaterThan(900)
        .anyMatch(minutes -> minutes < 57)
        .anyMatch(minutes -> minutes > 62);
    for (String key : RedisFixture.keys(keyspace, RedisFixture.LANES)) {
      assertThat(ttl(key)).isBetween(hour * 19 / 10, hour * 2);
    }
    assertThat(ttl(RedisFixture.keys(keyspace, RedisFixture.STATES).get(0)))
        .isBetween(hour * 19 / 10, hour * 2);
  }

  private long ttl(String key) {
    return Long.parseLong(node().command("PTTL", key).get(0));
  }

  private static Entry merged(String content, long version) {
    return Entries.value("x", 7, content).toBuilder().mergeType((byte) 3).sequence(version).build();
  }

  private static Entry named(String id, Entry as, long sequence) {
    return Entry.builder(id)
        .value(as.revision(), as.codec(), as.content())
        .mergeType(as.mergeType())
        .sequence(sequence)
        .build();
  }

  /** The key of an item that is there. */
  private String item(String id) {
    return new String(
        new CacheKeys(config.namespace(), space).item(CacheKeys.lane(id), id),
        StandardCharsets.UTF_8);
  }

  private static CacheOutcome dropAt(
      RedisTier cache, CacheSpace in, String id, Revision revision, long sequence) {
    return cache.put(in, List.of(CacheWrite.drop(id, revision, sequence)), () -> sequence).get(0);
  }

  private CacheOutcome dropAt(RedisTier cache, String id, Revision revision, long sequence) {
    return dropAt(cache, space, id, revision, sequence);
  }

  private CacheOutcome drop(RedisTier cache, String id, long version, long sequence) {
    return dropAt(cache, id, Revision.ofTombstone(version), sequence);
  }

  /** With the sequence of its commit, which is the head. */
  private CacheOutcome put(RedisTier cache, Entry entry) {
    long sequence = Math.max(1, entry.sequence());
    return cache.put(space, List.of(CacheWrite.put(entry, sequence)), () -> sequence).get(0);
  }

  /** With some sequence, while the head is another. */
  private CacheOutcome putLate(RedisTier cache, Entry entry, long sequence) {
    return cache.put(space, List.of(CacheWrite.put(entry, sequence)), () -> HEAD).get(0);
  }

  private long held(RedisTier cache, String id) {
    return cache.get(space, List.of(id)).get(id).version();
  }

  private RedisTier begun(String client) {
    RedisTier cache = open(client, config);
    assertThat(cache.begin(space, 0, 0)).isTrue();
    return cache;
  }

  private RedisTier open(String client, TestTierConfig with) {
    RedisTier tier = new RedisTier();
    tier.open(with.withClient(client));
    opened.add(tier);
    return tier;
  }

  private RedisNode node() {
    return keyspace.nodes().get(0);
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(TierUnavailableException.class);
  }
}
