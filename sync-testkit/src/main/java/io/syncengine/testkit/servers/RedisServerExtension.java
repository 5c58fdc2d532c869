// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each JUnit test keys of its own on a real Redis, which is started for the first test that
 * needs it and ends with this JVM. After a test all servers run again, if the test has killed or
 * paused them, and the test's keys are deleted.
 *
 * <pre>{@code
 * @RegisterExtension
 * final RedisServerExtension redis = RedisServerExtension.standalone();
 * }</pre>
 *
 * <p>The server is the first that works of: the program that {@code -Dsync.servers.redis=PATH} (or
 * {@code .redis-tls}) names; {@code org.signal:embedded-redis} on the class path; one that is
 * installed; a container, if {@code org.testcontainers:testcontainers} is on the class path and
 * Docker answers within 10 s ({@code -Dsync.servers=testcontainers} takes nothing else). It has to
 * be Redis 7.0 or later. If there is none the test is skipped, with what would help; {@code
 * -Dsync.servers.required=redis,redis-tls} or the environment variable {@code
 * SYNC_SERVERS_REQUIRED} makes it fail instead.
 *
 * @since 0.1
 */
// Concurrency: `keyspace` is written before and after a test and read by it, perhaps on other
// threads.
public final class RedisServerExtension implements BeforeEachCallback, AfterEachCallback {
  private final RedisKind kind;
  private final List<String> options;
  private volatile @Nullable RedisKeyspace keyspace;

  private RedisServerExtension(RedisKind kind, List<String> options) {
    this.kind = kind;
    this.options = options;
  }

  /**
   * One server.
   *
   * @return an extension to be registered with JUnit
   */
  public static RedisServerExtension standalone() {
    return new RedisServerExtension(RedisKind.STANDALONE, List.of());
  }

  /**
   * One server that speaks TLS only; skips the test if no Redis that was built with it is here.
   *
   * @return an extension to be registered with JUnit
   */
  public static RedisServerExtension tls() {
    return new RedisServerExtension(RedisKind.TLS, List.of());
  }

  /**
   * A master, its replica, and three Sentinels, of which two decide; they take a server for down
   * after 2 s.
   *
   * @return an extension to be registered with JUnit
   */
  public static RedisServerExtension sentinel() {
    return new RedisServerExtension(RedisKind.SENTINEL, List.of());
  }

  /**
   * A Cluster of three masters without replicas.
   *
   * @return an extension to be registered with JUnit
   */
  public static RedisServerExtension cluster() {
    return new RedisServerExtension(RedisKind.CLUSTER, List.of());
  }

  /**
   * The same on servers with other settings, shared by the tests that ask for the same ones.
   * Without any, what is written is in the append-only file, flushed, before it is acknowledged.
   *
   * @param settings as on the server's command line: {@code "--maxmemory", "10mb"}; those of
   *     Sentinels cannot be changed
   * @return another extension
   */
  public RedisServerExtension withOptions(String... settings) {
    return new RedisServerExtension(kind, List.of(settings));
  }

  /**
   * The keyspace of the running test.
   *
   * @return the same from before the test's first {@code @BeforeEach} to after its last
   *     {@code @AfterEach}
   * @throws IllegalStateException if no test runs
   */
  public RedisKeyspace keyspace() {
    RedisKeyspace current = keyspace;
    if (current == null) {
      throw new IllegalStateException("no test runs; a keyspace is there for one test");
    }
    return current;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (keyspace != null) {
      throw new IllegalStateException("several tests run; register it in an instance field");
    }
    keyspace = new RedisKeyspace(SharedServers.of(context).redis(kind, options));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    RedisKeyspace ended = keyspace;
    if (ended != null) {
      keyspace = null;
      ended.heal();
      ended.drop();
    }
  }
}
