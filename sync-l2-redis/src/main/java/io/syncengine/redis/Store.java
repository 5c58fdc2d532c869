// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.model.ItemId;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A ground truth in Redis, open: data, change log and what else belongs to it, written together by
 * one script a batch. Immutable; safe from any thread.
 */
final class Store {
  private static final SecureRandom TAGS = new SecureRandom();

  /** The database id where everything was deleted. */
  private static final String NO_DATABASE = "";

  /** How many ids one MGET reads: Redis serves nobody else meanwhile. */
  private static final int IDS_A_READ = 500;

  private final RedisConnections connections;
  private final Keys keys;
  private final Failures failures;
  private final Duration timeout;
  private final TierInfo info;

  private Store(
      RedisConnections connections, Keys keys, Failures failures, Duration timeout, TierInfo info) {
    this.connections = connections;
    this.keys = keys;
    this.failures = failures;
    this.timeout = timeout;
    this.info = info;
  }

  /**
   * Checks what stands there and, if it may be written, makes what is missing.
   *
   * @param connections closed by {@link #close()}, or here if this throws
   */
  static Store open(
      RedisConnections connections, String product, Failures failures, TierConfig config) {
    try {
      ServerInfo server = info(connections, failures, config.requestTimeout());
      String unfit = server.unfitAsTruth();
      if (unfit != null) {
        throw failures.refused(unfit);
      }
      Keys keys = new Keys(config.namespace());
      List<?> there = there(connections, keys, failures, config);
      Head head = Head.decode((byte[]) there.get(0));
      TierInfo info =
          new TierInfo(
              head.databaseId(),
              "Redis " + server.version() + " by " + product,
              head.highestVersion());
      return new Store(connections, keys, failures, config.requestTimeout(), info);
    } catch (ConnectionException e) {
      connections.close();
      throw failures.onConnect(e);
    } catch (RuntimeException e) {
      connections.close();
      throw e;
    }
  }

  private static ServerInfo info(RedisConnections connections, Failures failures, Duration timeout)
      throws ConnectionException {
    Object reply = connections.writes().send(List.of(Command.of("INFO").build()), timeout).get(0);
    if (reply instanceof ErrorReply error) {
      throw failures.onOpen(error);
    }
    return new ServerInfo((byte[]) reply);
  }

  /** The head, and what meta says; both have been checked to be there. */
  private static List<?> there(
      RedisConnections connections, Keys keys, Failures failures, TierConfig config)
      throws ConnectionException {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(utf8(config.readOnly() ? "0" : "1"));
    arguments.add(Head.encodeNew(UUID.randomUUID().toString()));
    arguments.addAll(Meta.ofNew(config.versionMode()));
    Object reply =
        Script.OPEN.run(
            connections.writes(),
            config.requestTimeout(),
            List.of(keys.head(), keys.meta()),
            arguments);
    if (reply instanceof ErrorReply error) {
      throw failures.onOpen(error);
    }
    List<?> there = (List<?>) reply;
    List<?> meta = (List<?>) there.get(1);
    if (there.get(0) == null && meta.isEmpty()) {
      throw failures.refused(
          "it has no data of this namespace; check namespace and database, or open it for writing"
              + " once");
    }
    String unfit = Meta.unfit(meta, config.versionMode());
    if (unfit != null) {
      throw failures.refused(unfit);
    }
    if (there.get(0) == null) {
      throw failures.refused("the head of its change log is missing; restore it from a backup");
    }
    return there;
  }

  /** What was found when it was opened. */
  TierInfo info() {
    return info;
  }

  /** The same as of now. */
  TierInfo describe() {
    Head head = head("open", send("open", List.of(headOnly())).get(0));
    return new TierInfo(head.databaseId(), info.description(), head.highestVersion());
  }

  private Command headOnly() {
    return Command.of("GET").add(keys.head()).build();
  }

  /** Writes a batch. Nobody is in the way: Redis runs one script at a time. */
  ApplyResult apply(List<Entry> batch, TierConfig by) {
    // One tier may serve several engines, so that the entries tell best who writes.
    String first = batch.get(0).origin();
    String origin = first == null ? by.instanceId() : first;
    Commit commit = new Commit(batch, keys, origin, TAGS.nextLong() | 1);
    by.failPoints().proceed(FailPoint.TIER_HEAD);
    boolean fenced = by.failPoints().proceed(FailPoint.TIER_FENCE);
    by.failPoints().proceed(FailPoint.TIER_ROWS);
    by.failPoints().proceed(FailPoint.TIER_COMMIT);
    List<?> reply =
        (List<?>)
            run(
                "apply",
                Script.COMMIT,
                connections.writes(),
                commit.keys(),
                commit.arguments(info.databaseId(), by.timeSource().currentTimeMillis(), fenced));
    by.failPoints().proceed(FailPoint.TIER_COMMITTED);
    return commit.result(reply);
  }

  /** Reads ids; each part of them with the head in one step, and the lowest head is told. */
  LoadResult load(Collection<String> wanted) {
    List<String> ids = List.copyOf(wanted);
    List<Command> commands = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += IDS_A_READ) {
      Command.Builder read = Command.of("MGET").add(keys.head());
      ids.subList(from, Math.min(ids.size(), from + IDS_A_READ))
          .forEach(id -> read.add(keys.item(id)));
      commands.add(read.build());
    }
    Map<String, Entry> found = new HashMap<>();
    long lowest = Long.MAX_VALUE;
    int next = 0;
    for (Object reply : send("load", commands)) {
      List<?> values = (List<?>) reply;
      lowest = Math.min(lowest, head("load", values.get(0)).sequence());
      for (Object value : values.subList(1, values.size())) {
        String id = ids.get(next++);
        if (value != null) {
          found.put(id, Envelope.decode(id, (byte[]) value));
        }
      }
    }
    return new LoadResult(found, lowest);
  }

  List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    List<?> reply =
        (List<?>)
            run(
                "scan",
                Script.SCAN,
                connections.reads(),
                List.of(keys.head(), keys.ids()),
                List.of(
                    utf8(lower(range.from(), after)),
                    utf8(range.to() == null ? "+" : "(" + range.to()),
                    utf8(Integer.toString(limit)),
                    keys.itemPrefix()));
    head("scan", reply.get(0));
    List<Entry> page = new ArrayList<>();
    for (int i = 1; i + 1 < reply.size(); i += 2) {
      String id = new String((byte[]) reply.get(i), UTF_8);
      page.add(Envelope.decode(id, (byte[]) reply.get(i + 1)));
    }
    return page;
  }

  private static String lower(@Nullable String from, @Nullable String after) {
    if (after != null && (from == null || ItemId.BYTE_ORDER.compare(after, from) >= 0)) {
      return "(" + after;
    }
    return from == null ? "-" : "[" + from;
  }

  ChangePage poll(long from, int limit) {
    List<?> reply =
        (List<?>)
            run(
                "poll",
                Script.POLL,
                connections.reads(),
                List.of(keys.head(), keys.changes()),
                List.of(utf8(Long.toString(from)), utf8(Integer.toString(limit))));
    // Another database is told by its id, and none by that of none: the caller has to see that.
    Object bytes = reply.get(0);
    if (bytes == null) {
      return new ChangePage(NO_DATABASE, 0, 0, List.of());
    }
    Head head = Head.decode((byte[]) bytes);
    return new ChangePage(
        head.databaseId(), head.sequence(), head.tag(), ChangeRows.decode((List<?>) reply.get(1)));
  }

  int purge(long acceptedBeforeMillis, int limit, TierConfig by) {
    by.failPoints().proceed(FailPoint.TIER_HEAD);
    by.failPoints().proceed(FailPoint.TIER_ROWS);
    by.failPoints().proceed(FailPoint.TIER_COMMIT);
    Object reply =
        run(
            "purge",
            Script.PURGE,
            connections.writes(),
            List.of(keys.head(), keys.tombstones()),
            List.of(
                utf8(info.databaseId()),
                utf8(Long.toString(acceptedBeforeMillis)),
                utf8(Integer.toString(limit)),
                keys.itemPrefix()));
    by.failPoints().proceed(FailPoint.TIER_COMMITTED);
    return ((Long) reply).intValue();
  }

  long horizonMillis() {
    return head("horizon", send("horizon", List.of(headOnly())).get(0)).horizonMillis();
  }

  long serverTimeMillis() {
    List<?> time = (List<?>) send("clock", List.of(Command.of("TIME").build())).get(0);
    return number(time.get(0)) * 1000 + number(time.get(1)) / 1000;
  }

  private static long number(Object digits) {
    return Long.parseLong(new String((byte[]) digits, UTF_8));
  }

  void close() {
    connections.close();
  }

  /** The head that was read along, if it is that of the database that was opened. */
  private Head head(String operation, @Nullable Object bytes) {
    Head head = bytes == null ? null : Head.decode((byte[]) bytes);
    if (head == null || !head.databaseId().equals(info.databaseId())) {
      throw failures.replaced(operation);
    }
    return head;
  }

  private Object run(
      String operation,
      Script script,
      RedisClient client,
      List<byte[]> scriptKeys,
      List<byte[]> arguments) {
    try {
      Object reply = script.run(client, timeout, scriptKeys, arguments);
      requireAnswer(operation, reply);
      return reply;
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private List<@Nullable Object> send(String operation, List<Command> commands) {
    try {
      List<@Nullable Object> replies = connections.reads().send(commands, timeout);
      replies.forEach(reply -> requireAnswer(operation, reply));
      return replies;
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private void requireAnswer(String operation, @Nullable Object reply) {
    if (reply instanceof ErrorReply error) {
      throw failures.onReply(operation, error);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
