// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands to a Cluster of three masters, by either client. */
class ClusterClientTest {
  private static final int MANY = 3_000;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final String APPEND =
      "redis.call('RPUSH', KEYS[2], ARGV[1]) return redis.call('INCR', KEYS[1])";

  @RegisterExtension final RedisServerExtension server = RedisFixture.cluster();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private RedisKeyspace keyspace;
  private int[] owners;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    owners = Reshard.owners(keyspace);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aBatchOverAllNodesHasItsRepliesInOrder(String driver) throws Exception {
    RedisClient client = open(driver);

    send(client, all(this::setNumber), LONG);
    List<@Nullable Object> replies =
        send(client, all(i -> Command.of("GET").addKey(key(i)).build()), LONG);

    assertThat(replies).hasSize(MANY);
    for (int i = 0; i < MANY; i++) {
      assertThat((byte[]) replies.get(i)).asString().isEqualTo(Integer.toString(i));
    }
    for (RedisNode node : keyspace.nodes()) {
      assertThat(Integer.parseInt(node.command("DBSIZE").get(0))).isGreaterThan(MANY / 4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatHasNoKeyAndWhatIsRefusedHasItsReplyToo(String driver) throws Exception {
    List<@Nullable Object> replies =
        send(
            open(driver),
            List.of(
                Command.of("PING").build(),
                Command.of("MGET").addKey(key(1)).addKey(key(2)).build(),
                Command.of("EVALSHA").add("0".repeat(40)).add(1).addKey(key(1)).build()),
            LONG);

    assertThat((byte[]) replies.get(0)).asString().isEqualTo("PONG");
    assertThat(code(replies.get(1))).isEqualTo("CROSSSLOT");
    assertThat(code(replies.get(2))).isEqualTo("NOSCRIPT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aSlotThatIsMovingIsServedByBothNodes(String driver) throws Exception {
    RedisClient client = open(driver);
    send(client, List.of(set("{x}1"), set("{x}2")), LONG);
    Reshard reshard = Reshard.begin(keyspace, slot("{x}"));
    reshard.move(List.of(keyspace.prefix() + "{x}1"));

    List<@Nullable Object> replies =
        send(
            client,
            List.of(get("{x}1"), get("{x}2"), set("{x}3"), get("{x}3"), get("other")),
            LONG);

    assertThat(texts(replies)).containsExactly("{x}1", "{x}2", "OK", "{x}3", null);
    assertThat(reshard.left()).containsExactly(keyspace.prefix() + "{x}2");

    // What is half here and half there nobody can read in one step.
    long began = System.nanoTime();
    Command both = Command.of("MGET").addKey(name("{x}1")).addKey(name("{x}2")).build();
    assertThat(code(send(client, List.of(both), LONG).get(0))).isEqualTo("TRYAGAIN");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);

    reshard.end();
    assertThat(texts(send(client, List.of(get("{x}1"), get("{x}2"), get("{x}3")), LONG)))
        .containsExactly("{x}1", "{x}2", "{x}3");
    assertThat(send(client, List.of(both), LONG).get(0))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(2);

    RedisFixture.until(
        "it is known where the slot went",
        () -> {
          String before = moved(reshard.source());
          assertThat(texts(sendChecked(client, List.of(get("{x}1"))))).containsExactly("{x}1");
          return moved(reshard.source()).equals(before);
        });
  }

  /** Each thread appends to lists of its own, and each append counts. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whileSlotsMoveNothingIsLostOrDoneTwiceOrOutOfOrder(String driver) throws Exception {
    int threads = 3;
    int lanes = 8;
    RedisClient client = open(driver);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    opened.add(pool::shutdownNow);
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<Integer>> hammers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      String thread = "t" + t;
      hammers.add(pool.submit(hammer(client, thread, lanes, stop)));
    }
    try {
      for (int round = 0; round < 3; round++) {
        for (int t = 0; t < threads; t++) {
          for (int lane = 0; lane < lanes; lane++) {
            Reshard.begin(keyspace, slot(tag("t" + t, lane))).end();
          }
        }
      }
    } finally {
      stop.set(true);
    }
    for (int t = 0; t < threads; t++) {
      int sent = hammers.get(t).get();
      assertThat(sent).isPositive();
      for (int lane = 0; lane < lanes; lane++) {
        Command list =
            Command.of("LRANGE").addKey(name(tag("t" + t, lane) + "list")).add(0).add(-1).build();
        List<?> numbers = (List<?>) send(client, List.of(list), LONG).get(0);
        assertThat(numbers).hasSize(sent);
        for (int i = 0; i < sent; i++) {
          assertThat((byte[]) numbers.get(i)).asString().isEqualTo(Integer.toString(i));
        }
      }
    }
  }

  private Callable<Integer> hammer(
      RedisClient client, String thread, int lanes, AtomicBoolean stop) {
    return () -> {
      int sent = 0;
      while (!stop.get()) {
        int number = sent++;
        List<Command> batch =
            IntStream.range(0, lanes).mapToObj(lane -> append(tag(thread, lane), number)).toList();
        List<@Nullable Object> replies = send(client, batch, LONG);
        for (Object reply : replies) {
          assertThat(reply).isEqualTo((long) sent);
        }
      }
      return sent;
    };
  }

  private Command append(String tag, int number) {
    return Command.of("EVAL")
        .add(APPEND)
        .add(2)
        .addKey(name(tag + "count"))
        .addKey(name(tag + "list"))
        .add(number)
        .build();
  }

  private static String tag(String thread, int lane) {
    return "{" + thread + "." + lane + "}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aNodeThatHangsHoldsUpItsCommandsOnly(String driver) throws Exception {
    RedisClient client = open(driver, PATIENT);
    send(client, all(this::setNumber), LONG);
    keyspace.nodes().get(1).pause();

    for (int i = 0; i < 3; i++) {
      long began = System.nanoTime();
      assertOnlyTheSecondIsMissing(send(client, all(this::setNumber), SHORT));
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
    }
    // More than what the kernel takes without the server.
    byte[] large = new byte[16 << 20];
    assertOnlyTheSecondIsMissing(
        send(
            client,
            IntStream.range(0, 6)
                .mapToObj(i -> Command.of("SET").addKey(key(i)).add(large).build())
                .toList(),
            PATIENT));

    keyspace.nodes().get(1).resume();
    RedisFixture.until("it is back", () -> unreached(client) == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aNodeThatDiesTakesItsCommandsOnlyWithIt(String driver) throws Exception {
    RedisClient client = open(driver);
    send(client, all(this::setNumber), LONG);
    keyspace.nodes().get(1).kill();

    assertOnlyTheSecondIsMissing(send(client, all(this::setNumber), SHORT));
    assertThatThrownBy(() -> send(client, List.of(setNumber(ownedBy(1))), SHORT))
        .isInstanceOf(ConnectionException.class);

    keyspace.nodes().get(1).restart();
    RedisFixture.until("it is back", () -> unreached(client) == 0);
  }

  /** What it had went to the others, as in a failover. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void theSlotOfANodeThatDiedIsFoundAtItsNewOne(String driver) throws Exception {
    RedisClient client = open(driver);
    send(client, List.of(set("{x}")), LONG);
    RedisNode dead = Reshard.owner(keyspace, slot("{x}"));
    List<RedisNode> others = keyspace.nodes().stream().filter(node -> !node.equals(dead)).toList();
    dead.kill();
    String id = others.get(0).command("CLUSTER", "MYID").get(0);
    others.forEach(
        node -> node.command("CLUSTER", "SETSLOT", Integer.toString(slot("{x}")), "NODE", id));
    others.get(0).command("CLUSTER", "BUMPEPOCH");

    RedisFixture.until(
        "it is asked where the slot is",
        () -> {
          try {
            return "OK".equals(texts(send(client, List.of(set("{x}")), SHORT)).get(0));
          } catch (ConnectionException e) {
            return false;
          }
        });

    assertThat(others.get(0).command("GET", keyspace.prefix() + "{x}")).containsExactly("{x}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void oneNodeThatAnswersIsEnoughToBegin(String driver) throws Exception {
    keyspace.nodes().get(0).pause();

    RedisClient client = open(driver, PATIENT);

    assertThat(texts(send(client, List.of(setNumber(ownedBy(2))), PATIENT))).containsExactly("OK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whenNobodyAnswersThatIsSaid(String driver) throws Exception {
    RedisClient client = open(driver);
    keyspace.kill();

    assertThatThrownBy(() -> send(client, all(this::setNumber), SHORT))
        .isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> open(driver, SHORT)).isInstanceOf(ConnectionException.class);
  }

  private void assertOnlyTheSecondIsMissing(List<@Nullable Object> replies) {
    for (int i = 0; i < replies.size(); i++) {
      if (owner(i) == 1) {
        assertThat(replies.get(i)).isEqualTo(ErrorReply.UNREACHED);
      } else {
        assertThat(text(replies.get(i))).isEqualTo("OK");
      }
    }
  }

  private long unreached(RedisClient client) {
    return sendChecked(client, all(this::setNumber)).stream()
        .filter(ErrorReply.class::isInstance)
        .count();
  }

  private int ownedBy(int node) {
    return IntStream.range(0, MANY).filter(i -> owner(i) == node).findFirst().orElseThrow();
  }

  /** Which node has a key, if its slot was not moved in this test. */
  private int owner(int i) {
    return owners[SlotTable.slotOf(key(i))];
  }

  private RedisClient open(String driver) throws ConnectionException {
    return open(driver, LONG);
  }

  private RedisClient open(String driver, Duration timeout) throws ConnectionException {
    RedisUrl url = RedisUrl.of(keyspace.url());
    RedisConnections connections =
        RedisDriver.of(driver)
            .connect(
                new ConnectOptions(
                    url, timeout, "test", null, Greeting.MASTER, Credentials.of(url, null)));
    opened.add(connections);
    return connections.reads();
  }

  private static List<@Nullable Object> send(
      RedisClient client, List<Command> commands, Duration timeout) throws ConnectionException {
    return client.send(commands, timeout).all();
  }

  private static List<@Nullable Object> sendChecked(RedisClient client, List<Command> commands) {
    try {
      return send(client, commands, SHORT);
    } catch (ConnectionException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Command> all(IntFunction<Command> command) {
    return IntStream.range(0, MANY).mapToObj(command).toList();
  }

  private Command setNumber(int i) {
    return Command.of("SET").addKey(key(i)).add(i).build();
  }

  private Command set(String name) {
    return Command.of("SET").addKey(name(name)).add(name).build();
  }

  private Command get(String name) {
    return Command.of("GET").addKey(name(name)).build();
  }

  private byte[] key(int i) {
    return name("key." + i);
  }

  private byte[] name(String name) {
    return (keyspace.prefix() + name).getBytes(UTF_8);
  }

  private int slot(String name) {
    return SlotTable.slotOf(name(name));
  }

  private static List<@Nullable String> texts(List<@Nullable Object> replies) {
    List<@Nullable String> texts = new ArrayList<>();
    for (Object reply : replies) {
      texts.add(text(reply));
    }
    return texts;
  }

  private static @Nullable String text(@Nullable Object reply) {
    if (reply instanceof byte[] bytes) {
      return new String(bytes, UTF_8);
    }
    return reply == null ? null : reply.toString();
  }

  private static String code(@Nullable Object reply) {
    assertThat(reply).isInstanceOf(ErrorReply.class);
    return ((ErrorReply) reply).code();
  }

  /** How often a node has said that a slot is elsewhere. */
  private static String moved(RedisNode node) {
    return node.command("INFO", "errorstats")
        .get(0)
        .lines()
        .filter(line -> line.startsWith("errorstat_MOVED:"))
        .findFirst()
        .orElse("");
  }
}
