// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command with Redis as the cache before SQLite. */
// Both empty or kill the Redis that the tests of this JVM share.
@ResourceLock("Redis")
class RedisIT {
  private static final String LINES =
      """
      {"id":"a.b","content":{"x":1}}
      {"id":"a.c","content":{"x":2}}
      """;

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();
  @TempDir private Path folder;
  private RedisKeyspace keyspace;
  private SyncProcess sync;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    sync = new SyncProcess(folder);
  }

  private SyncProcess withRedis(String url) {
    String prefix = keyspace.prefix();
    return sync.with("SYNC_REDIS_URL", url)
        .with("SYNC_L2_TIMEOUT_MS", "20000") // a busy machine connects slowly
        .with("SYNC_NAMESPACE", prefix.substring(0, prefix.length() - 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void eachCommandWorks(String client) {
    withRedis(keyspace.url()).with("SYNC_REDIS_CLIENT", client);

    sync.run(LINES.getBytes(UTF_8), "ingest", "-").done();

    assertThat(sync.run("status", "a.b").done().text()).contains("L2: LIVE");
    assertThat(sync.run("status", "a.x").exits(1).text()).contains("L2: NOT_CACHED");
    assertThat(sync.run("verify").done().text())
        .startsWith("compared L2 with L3 SQLite ")
        .contains("\nequal; 2 items looked at, ");
    assertThat(sync.run("repair", "a").done().text()).contains(", below a\nequal; ");
    assertThat(sync.run("tree").done().text()).endsWith("    c\n");
    assertThat(sync.run("get", "a.b").done().text()).isEqualTo("{\"x\":1}\n");
    assertThat(sync.run("export").done().text()).isEqualTo(LINES);
    sync.run("delete", "a.b").done();
    assertThat(sync.run("status", "a.b").exits(1).text()).contains("L2: DELETED");
    sync.run("get", "a.b").exits(1);
  }

  @Test
  void withoutRedisItGoesOn() {
    withRedis(keyspace.url());
    sync.run(LINES.getBytes(UTF_8), "ingest", "-").done();
    keyspace.kill();

    assertThat(sync.run("get", "a.b").exits(0).says("the cache cannot be reached").text())
        .isEqualTo("{\"x\":1}\n");
    assertThat(sync.run("status", "a.b").exits(0).text()).contains("L2: UNKNOWN");
    assertThat(sync.run("status").exits(0).text()).contains("L2 has not been in use");
    assertThat(sync.run("verify").exits(4).err()).contains("L2 failed (verify)");
    assertThat(sync.run("repair").exits(4).err()).contains("L2 failed (verify)");
  }

  @Test
  void aWrongPasswordIsToldInOneLineWithoutIt() {
    withRedis(keyspace.url().replaceFirst(":[^:@]+@", ":hunter2@"));

    SyncProcess.Result refused = sync.run(LINES.getBytes(UTF_8), "ingest", "-").exits(2);

    assertThat(refused.err()).contains("user or password is wrong").doesNotContain("hunter2");
    assertThat(refused.err().lines()).hasSize(1);
  }

  @Test
  void theDemoTellsWhatEachTierAnswered() {
    keyspace
        .nodes()
        .get(0)
        .command("ACL", "SETUSER", "demo", "on", ">demo", "~demo:*", "&demo:*", "+@all");
    String url = keyspace.url().replaceFirst("//.*@", "//demo:demo@");

    String text = sync.run("demo", "--no-progress", "--redis-url", url).done().text();

    assertThat(text)
        .containsPattern(
            "Read back: 19,752 items: 19,752 equal the file, 0 differ; answered by L2 [0-9,]+"
                + " \\(median [0-9.]+ µs, p99 [0-9.]+ µs\\)")
        .contains(
            "Read again: 19,752 items: 19,752 equal the file, 0 differ; answered by L1 19,752")
        .contains("none is left", "Everything equals the file.");
    assertThat(List.of(text.split("answered by L2 ")[1].split(" ")[0].replace(",", "")))
        .allSatisfy(count -> assertThat(Integer.parseInt(count)).isGreaterThan(10_000));
  }
}
