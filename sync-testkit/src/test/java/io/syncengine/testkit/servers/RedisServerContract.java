// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test gets of a Redis, of each kind. */
abstract class RedisServerContract {
  @RegisterExtension final RedisServerExtension redis = newExtension();
  @RegisterExtension final RedisServerExtension neighbour = newExtension();

  abstract RedisServerExtension newExtension();

  @Test
  void aKeyspaceIsEmptyAndItsUserMayWriteInIt() throws IOException {
    RedisKeyspace keyspace = redis.keyspace();
    assertThat(keyspace.keys()).isEmpty();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      keys.add(keyspace.prefix() + "schlüssel" + i);
      assertThat(asUser("SET", keys.get(i), "v" + i)).containsExactly("OK");
    }

    assertThat(asUser("GET", keys.get(7))).containsExactly("v7");
    assertThat(asUser("GET", keyspace.prefix() + "absent")).isEmpty();
    assertThat(keyspace.keys()).hasSameElementsAs(keys);
  }

  @Test
  void aUserSeesNothingOfAnotherKeyspaceAndAdministersNothing() throws IOException {
    String others = neighbour.keyspace().prefix() + "a";

    assertThat(neighbour.keyspace().nodes()).isEqualTo(redis.keyspace().nodes());
    assertRefused("SET", others, "x");
    assertRefused("GET", others);
    assertRefused("PUBLISH", others, "x");
    assertRefused("CONFIG", "SET", "maxmemory", "1mb");
    assertRefused("FLUSHALL");
  }

  @Test
  void onlyThisTestsKeysAreWiped() throws IOException {
    asUser("SET", redis.keyspace().prefix() + "a", "1");
    asUser("SET", redis.keyspace().prefix() + "b", "2");
    RedisKeyspace other = neighbour.keyspace();
    call(other, "SET", other.prefix() + "a", "3");

    redis.keyspace().wipe();

    assertThat(redis.keyspace().keys()).isEmpty();
    assertThat(other.keys()).containsExactly(other.prefix() + "a");
    asUser("SET", redis.keyspace().prefix() + "a", "4");
  }

  @Test
  void whatWasWrittenOutlivesAKillAndAStartOnTheSamePorts() throws IOException {
    RedisKeyspace keyspace = redis.keyspace();
    asUser("SET", keyspace.prefix() + "a", "1");
    asUser("SET", keyspace.prefix() + "b", "2");
    List<Integer> ports = keyspace.nodes().stream().map(RedisNode::port).toList();

    keyspace.kill();
    assertThatThrownBy(() -> keyspace.nodes().get(0).command("PING"))
        .isInstanceOf(UncheckedIOException.class);
    keyspace.restart();

    assertThat(keyspace.nodes().stream().map(RedisNode::port)).containsExactlyElementsOf(ports);
    assertThat(asUser("GET", keyspace.prefix() + "a")).containsExactly("1");
    assertThat(asUser("GET", keyspace.prefix() + "b")).containsExactly("2");
  }

  @Test
  void aPausedServerAnswersNobodyUntilItIsResumed() throws IOException {
    RedisNode node = redis.keyspace().nodes().get(0);
    try (Resp open = connect(redis.keyspace(), node)) {
      assertThat(open.call("PING")).containsExactly("PONG");
      open.timeOutAfter(200);
      redis.keyspace().pause();

      assertThatThrownBy(() -> open.call("PING")).isInstanceOf(SocketTimeoutException.class);
    }
    redis.keyspace().resume();

    assertThat(node.command("PING")).containsExactly("PONG");
  }

  @Test
  void whatATestDoesToTheServersIsUndoneForTheNext() throws IOException {
    RedisKeyspace keyspace = redis.keyspace();
    keyspace.nodes().get(0).pause();
    keyspace.kill();

    keyspace.heal();

    asUser("SET", keyspace.prefix() + "a", "1");
    keyspace.pause();
    keyspace.heal();
    assertThat(asUser("GET", keyspace.prefix() + "a")).containsExactly("1");
  }

  @Test
  void aDroppedKeyspaceLeavesNothing() throws IOException {
    RedisKeyspace ended = redis.keyspace().another();
    call(ended, "SET", ended.prefix() + "a", "1");

    ended.drop();

    assertThat(ended.keys()).isEmpty();
    assertThat(ended.nodes())
        .allSatisfy(node -> assertThat(node.command("ACL", "USERS")).doesNotContain(ended.user()));
  }

  @Test
  void itSaysWhatItIs() {
    RedisKeyspace keyspace = redis.keyspace();

    assertThat(keyspace.version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
    assertThat(keyspace.toString())
        .startsWith("Redis " + keyspace.version() + " (")
        .endsWith(", keys " + keyspace.prefix() + "*");
    assertThat(keyspace.url()).contains(keyspace.user()).doesNotContain(keyspace.password());
  }

  /** As the test's user, at whichever server takes it. */
  final List<String> asUser(String... words) throws IOException {
    return call(redis.keyspace(), words);
  }

  static List<String> call(RedisKeyspace keyspace, String... words) throws IOException {
    IOException elsewhere = null;
    for (RedisNode node : keyspace.nodes()) {
      try (Resp connection = connect(keyspace, node)) {
        List<String> reply = connection.call(words);
        if (words[0].equals("SET") && !keyspace.sentinels().isEmpty()) {
          // Else a Sentinel may make a master of a replica that never saw it.
          assertThat(connection.call("WAIT", "1", "10000")).containsExactly("1");
        }
        return reply;
      } catch (IOException e) {
        if (!e.getMessage().startsWith("MOVED") && !e.getMessage().startsWith("READONLY")) {
          throw e;
        }
        elsewhere = e;
      }
    }
    throw new AssertionError("no server takes it", elsewhere);
  }

  static Resp connect(RedisKeyspace keyspace, RedisNode node) throws IOException {
    Resp connection = Resp.open(node.port(), keyspace.sslContext(), StandardCharsets.UTF_8);
    connection.call("AUTH", keyspace.user(), keyspace.password());
    return connection;
  }

  private void assertRefused(String... words) {
    assertThatThrownBy(() -> asUser(words))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("NOPERM");
  }
}
