// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** The servers of one Redis of some kind, started. */
// Concurrency: lists are filled before it is shared. `keyspaces` is the monitor's.
final class Redis implements Shared {
  private static final String USERS = "users.acl";

  private final RedisKind kind;
  private final RedisSource source;
  private final Optional<ServerKeys> keys;
  private final String password = Accounts.newPassword();
  private final List<RedisNode> nodes = new ArrayList<>();
  private final List<RedisNode> sentinels = new ArrayList<>();
  private final List<ReservedPort> ports = new ArrayList<>();
  private int keyspaces;

  private Redis(RedisKind kind, RedisSource source, Optional<ServerKeys> keys) {
    this.kind = kind;
    this.source = source;
    this.keys = keys;
  }

  /** Starts one, and says so on standard output. */
  static Redis start(RedisKind kind, RedisSource source, Cache cache, List<String> options)
      throws IOException {
    long start = System.nanoTime();
    Redis redis =
        new Redis(
            kind,
            source,
            kind == RedisKind.TLS ? Optional.of(ServerKeys.create(cache)) : Optional.empty());
    try {
      RedisTopology.of(kind).build(redis, options);
      redis.awaitWhole();
    } catch (IOException | RuntimeException e) {
      Closing.after(e, redis);
      throw e;
    }
    System.out.println(
        String.format(
            "Redis %s (%s, %s) is up on port %d after %.1f s",
            redis.version(),
            source.origin(),
            kind,
            redis.nodes.get(0).port(),
            (System.nanoTime() - start) / 1e9));
    return redis;
  }

  /** Adds a server with data, and starts it. */
  RedisNode addNode(List<String> options, String... settings) throws IOException {
    Map<String, String> files = new HashMap<>();
    files.put(USERS, "user default on >" + password + " ~* &* +@all\n");
    // With `everysec` Redis answers before it writes to the file, if it is busy flushing that: a
    // kill could lose what was acknowledged.
    List<String> all =
        new ArrayList<>(
            List.of(
                "aclfile " + USERS,
                "masterauth " + password,
                "save \"\"",
                "appendonly yes",
                "appendfsync always",
                "repl-diskless-sync-delay 0"));
    keys.ifPresent(
        made -> {
          files.put("server.crt", made.certificate());
          files.put("server.key", made.key());
          all.addAll(
              List.of(
                  "port 0",
                  "tls-cert-file server.crt",
                  "tls-key-file server.key",
                  "tls-ca-cert-file server.crt",
                  "tls-auth-clients no"));
        });
    all.addAll(List.of(settings));
    String port = keys.isPresent() ? "tls-port" : "port";
    return add(nodes, new RedisSource.Node(port, all, files, options), password);
  }

  /** Adds a Sentinel, and starts it. */
  void addSentinel(String... settings) throws IOException {
    add(
        sentinels,
        new RedisSource.Node("port", List.of(settings), Map.of(), List.of("--sentinel")),
        "");
  }

  /** Reserves a port that is not that of a server. */
  int reservePort() throws IOException {
    ReservedPort port = new ReservedPort();
    ports.add(port);
    return port.number();
  }

  private RedisNode add(List<RedisNode> list, RedisSource.Node node, String itsPassword)
      throws IOException {
    RedisNode added = new RedisNode("Redis", source.create(node), itsPassword, tls());
    list.add(added);
    added.instance().launch();
    return added;
  }

  RedisKind kind() {
    return kind;
  }

  String password() {
    return password;
  }

  Optional<ServerKeys> keys() {
    return keys;
  }

  /** Those with data. */
  List<RedisNode> nodes() {
    return List.copyOf(nodes);
  }

  List<RedisNode> sentinels() {
    return List.copyOf(sentinels);
  }

  /** Those that say that they are masters; asks all, so all have to run. */
  List<RedisNode> masters() {
    List<RedisNode> masters = new ArrayList<>();
    for (RedisNode node : nodes) {
      if (unchecked(node::isMaster)) {
        masters.add(node);
      }
    }
    return masters;
  }

  String version() {
    return info("redis_version");
  }

  private String info(String name) {
    return nodes
        .get(0)
        .command("INFO", "server")
        .get(0)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  /** A number that no other keyspace of these servers has. */
  synchronized int nextKeyspace() {
    return ++keyspaces;
  }

  /** Runs a command on all servers that have data, as on users, who are not replicated. */
  void onAll(String... words) {
    for (RedisNode node : nodes) {
      node.command(words);
    }
  }

  /** The keys that begin so, on all masters. */
  List<String> scan(String prefix, Charset charset) {
    List<String> found = new ArrayList<>();
    for (RedisNode master : masters()) {
      found.addAll(unchecked(() -> scan(master, prefix, charset)));
    }
    return found;
  }

  private static List<String> scan(RedisNode master, String prefix, Charset charset)
      throws IOException {
    List<String> found = new ArrayList<>();
    try (Resp connection = master.connect(charset)) {
      String cursor = "0";
      do {
        List<String> page = connection.call("SCAN", cursor, "MATCH", prefix + "*", "COUNT", "1000");
        cursor = page.get(0);
        found.addAll(page.subList(1, page.size()));
      } while (!cursor.equals("0"));
    }
    return found;
  }

  /** Deletes the keys that begin so. */
  void wipe(String prefix) {
    for (RedisNode master : masters()) {
      unchecked(
          () -> {
            // Keys may be any bytes; a character stands for each here.
            List<String> found = scan(master, prefix, StandardCharsets.ISO_8859_1);
            try (Resp connection = master.connect(StandardCharsets.ISO_8859_1)) {
              for (String key : found) {
                connection.call("UNLINK", key);
              }
            }
            return found;
          });
    }
  }

  @Override
  public void heal() {
    Stream.concat(nodes.stream(), sentinels.stream()).forEach(node -> node.instance().heal());
    unchecked(
        () -> {
          awaitWhole();
          return true;
        });
  }

  private void awaitWhole() throws IOException {
    RedisTopology topology = RedisTopology.of(kind);
    nodes.get(0).instance().await("be one with the others", () -> topology.check(this));
  }

  private Optional<SSLContext> tls() {
    return keys.map(ServerKeys::trust);
  }

  @Override
  public void close() throws IOException {
    List<Closeable> all = new ArrayList<>();
    Stream.concat(sentinels.stream(), nodes.stream()).forEach(node -> all.add(node.instance()));
    all.addAll(ports);
    Closing.all(all);
  }

  private static <T> T unchecked(Action<T> action) {
    try {
      return action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Action<T> {
    T run() throws IOException;
  }
}
