// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * The keys of one test on a real Redis: those that begin with {@link #prefix()}, of which there are
 * none at first, and a user who may touch no others. The servers are shared by the tests of this
 * JVM: what is done to them is undone before the next test.
 *
 * <p>For any thread.
 *
 * @since 0.1
 */
public final class RedisKeyspace {
  private final Redis redis;
  private final String user;
  private final String password = Accounts.newPassword();

  RedisKeyspace(Redis redis) {
    this.redis = redis;
    this.user = "sync_" + redis.nextKeyspace();
    redis.onAll(
        "ACL",
        "SETUSER",
        user,
        "on",
        ">" + password,
        "~" + prefix() + "*",
        "&" + prefix() + "*",
        "+@all",
        "-@admin",
        "-flushall",
        "-flushdb",
        "-swapdb",
        "-keys",
        "-script|flush");
    redis.onAll("ACL", "SAVE");
  }

  /**
   * What all keys and channels of this test have to begin with.
   *
   * @return as {@code sync_1:}; no hash tag, so that a Cluster spreads the keys
   */
  public String prefix() {
    return user + ":";
  }

  /**
   * The version, as Redis says itself.
   *
   * @return as {@code 7.0.15}
   */
  public String version() {
    return redis.version();
  }

  /**
   * The user (an ACL user), who may do with this test's keys and channels whatever is neither
   * administration nor about the whole of a database, such as emptying or listing it.
   *
   * @return a name that needs no escaping
   */
  public String user() {
    return user;
  }

  /**
   * The user's password; has characters that must be escaped in a URL.
   *
   * @return the password
   */
  public String password() {
    return password;
  }

  /**
   * The servers that have data: one; a master and its replica below Sentinels, in no order; or the
   * masters of a Cluster.
   *
   * @return at least one
   */
  public List<RedisNode> nodes() {
    return redis.nodes();
  }

  /**
   * The masters, as the servers say themselves; all have to run.
   *
   * @return one; in a Cluster all
   * @throws java.io.UncheckedIOException if a server does not answer
   */
  public List<RedisNode> masters() {
    return redis.masters();
  }

  /**
   * The Sentinels, which ask for no user and password.
   *
   * @return three, or none if there are none
   */
  public List<RedisNode> sentinels() {
    return redis.sentinels();
  }

  /**
   * Where to connect, with the user and the escaped password in it: the server, all Sentinels with
   * the name under which they know the master, or all masters of a Cluster.
   *
   * @return {@code redis://user:p%40ss@127.0.0.1:6379}, {@code rediss://…} with TLS, {@code
   *     redis-sentinel://user:p%40ss@127.0.0.1:26379,…#main}, or {@code
   *     redis+cluster://user:p%40ss@127.0.0.1:7000,127.0.0.1:7001,…}
   */
  public String url() {
    String scheme =
        switch (redis.kind()) {
          case STANDALONE -> "redis://";
          case CLUSTER -> "redis+cluster://";
          case TLS -> "rediss://";
          case SENTINEL -> "redis-sentinel://";
        };
    boolean bySentinel = redis.kind() == RedisKind.SENTINEL;
    String servers =
        (bySentinel ? sentinels() : nodes())
            .stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
    return scheme
        + user
        + ":"
        + URLEncoder.encode(password, StandardCharsets.UTF_8)
        + "@"
        + servers
        + (bySentinel ? "#" + RedisTopology.MASTER : "");
  }

  /**
   * The certificate that the server shows, in PEM; it is its own authority, for 127.0.0.1 and
   * localhost.
   *
   * @return nothing without TLS
   */
  public Optional<String> certificate() {
    return redis.keys().map(ServerKeys::certificate);
  }

  /**
   * Trusts that certificate and no other.
   *
   * @return nothing without TLS
   */
  public Optional<SSLContext> sslContext() {
    return redis.keys().map(ServerKeys::trust);
  }

  /**
   * The keys that are there; all servers have to run.
   *
   * @return with their prefix, in no order; one that comes or goes meanwhile may be missing, and
   *     one may be there twice
   */
  public List<String> keys() {
    return redis.scan(prefix(), StandardCharsets.UTF_8);
  }

  /** Deletes this test's keys; all servers have to run. */
  public void wipe() {
    redis.wipe(prefix());
  }

  /** Kills all servers that have data (SIGKILL); they are gone when this returns. */
  public void kill() {
    nodes().forEach(RedisNode::kill);
  }

  /** Stops all servers that have data (SIGSTOP). */
  public void pause() {
    nodes().forEach(RedisNode::pause);
  }

  /** Lets all servers that have data go on (SIGCONT). */
  public void resume() {
    nodes().forEach(RedisNode::resume);
  }

  /**
   * Kills all servers that have data, if they run, and starts them again on the same ports and
   * data. They serve when this returns: the master has its replica, the Cluster is whole.
   *
   * @throws java.io.UncheckedIOException if they do not; has the end of a log
   */
  public void restart() {
    kill();
    heal();
  }

  /** Undoes what the test has done to the servers. */
  void heal() {
    redis.heal();
  }

  /** One more on the same servers. */
  RedisKeyspace another() {
    return new RedisKeyspace(redis);
  }

  /** Deletes keys and user. */
  void drop() {
    wipe();
    redis.onAll("ACL", "DELUSER", user);
    redis.onAll("ACL", "SAVE");
  }

  @Override
  public String toString() {
    return "Redis " + version() + " (" + redis.kind() + "), keys " + prefix() + "*";
  }
}
