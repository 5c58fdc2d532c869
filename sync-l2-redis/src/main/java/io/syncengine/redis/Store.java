// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ItemId;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A ground truth in Redis, open: data, change log and what else belongs to it, written together by
 * one script a batch. Immutable; safe from any thread.
 */
final class Store implements RedisStore {
  private static final SecureRandom TAGS = new SecureRandom();

  /** The database id where everything was deleted. */
  private static final String NO_DATABASE = "";

  /** How many items one command reads: Redis serves nobody else meanwhile. */
  private static final int ITEMS_A_READ = 100;

  /** After how many bytes a page of changes ends: Redis, too, holds it in memory. */
  private static final int BYTES_A_POLL = 4 << 20;

  /** How many rows of the change log one step removes. */
  private static final int ROWS_A_TRIM = 64;

  private final RedisConnections connections;
  private final Keys keys;
  private final Failures failures;
  private final Duration timeout;
  private final String databaseId;
  private final String description;

  /**
   * Over what was checked to be there.
   *
   * @param connections closed by {@link #close()}
   */
  Store(
      RedisConnections connections,
      Keys keys,
      Failures failures,
      Duration timeout,
      String databaseId,
      String description) {
    this.connections = connections;
    this.keys = keys;
    this.failures = failures;
    this.timeout = timeout;
    this.databaseId = databaseId;
    this.description = description;
  }

  @Override
  public TierInfo describe() {
    Head head = head("open", send("open", List.of(headOnly())).get(0));
    return new TierInfo(databaseId, description, head.highestVersion());
  }

  private Command headOnly() {
    return Command.of("GET").addKey(keys.head()).build();
  }

  /**
   * Writes a batch. Nobody is in the way: Redis runs one script at a time.
   *
   * @param restoring whether as {@link Restore} does
   */
  ApplyResult apply(List<Entry> batch, boolean restoring, TierConfig by) {
    // One tier may serve several engines, so that the entries tell best who writes.
    String first = batch.get(0).origin();
    String origin = first == null ? by.instanceId() : first;
    long now = by.timeSource().currentTimeMillis();
    Commit commit = new Commit(batch, keys, origin, TAGS.nextLong() | 1, now, restoring);
    by.failPoints().proceed(FailPoint.TIER_HEAD);
    boolean fenced = by.failPoints().proceed(FailPoint.TIER_FENCE);
    by.failPoints().proceed(FailPoint.TIER_ROWS);
    by.failPoints().proceed(FailPoint.TIER_COMMIT);
    List<?> reply =
        (List<?>)
            run(
                restoring ? "restore" : "apply",
                Script.COMMIT,
                connections.writes(),
                commit.keys(),
                commit.arguments(databaseId, fenced));
    by.failPoints().proceed(FailPoint.TIER_COMMITTED);
    return commit.result(reply);
  }

  /** Reads ids; each part of them with the head in one step, and the lowest head is told. */
  LoadResult load(Collection<String> wanted) {
    List<List<String>> parts = parts(List.copyOf(wanted));
    List<@Nullable Object> replies = send("load", parts.stream().map(this::read).toList());
    Loaded loaded = new Loaded();
    for (int i = 0; i < parts.size(); i++) {
      loaded.take((List<?>) requireReply(replies.get(i)), parts.get(i), loaded::lookAgain);
    }
    // Nothing is also what such a read says of a key of another type. Absent is only what the
    // index does not know either.
    for (List<String> part : parts(loaded.missing)) {
      loaded.take((List<?>) missing(part), part, Store::requireAbsent);
    }
    return new LoadResult(loaded.found, loaded.lowestHead);
  }

  /** What comes together in a load. */
  private final class Loaded {
    private final Map<String, Entry> found = new HashMap<>();
    private final List<String> missing = new ArrayList<>();
    private long lowestHead = Long.MAX_VALUE;

    void take(List<?> reply, List<String> ids, BiConsumer<String, @Nullable Object> otherwise) {
      lowestHead = Math.min(lowestHead, head("load", reply.get(0)).sequence());
      for (int i = 0; i < ids.size(); i++) {
        String id = ids.get(i);
        Object value = reply.get(i + 1);
        if (value instanceof byte[] envelope) {
          found.put(id, Envelope.decode(id, envelope));
        } else {
          otherwise.accept(id, value);
        }
      }
    }

    void lookAgain(String id, @Nullable Object nothing) {
      missing.add(id);
    }
  }

  private static List<List<String>> parts(List<String> ids) {
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += ITEMS_A_READ) {
      parts.add(ids.subList(from, Math.min(ids.size(), from + ITEMS_A_READ)));
    }
    return parts;
  }

  private Command read(List<String> ids) {
    Command.Builder read = Command.of("MGET").addKey(keys.head());
    ids.forEach(id -> read.addKey(keys.item(id)));
    return read.build();
  }

  private Object missing(List<String> ids) {
    List<byte[]> scriptKeys = new ArrayList<>(List.of(keys.head(), keys.ids()));
    ids.forEach(id -> scriptKeys.add(keys.item(id)));
    return run(
        "load",
        Script.MISSING,
        connections.reads(),
        scriptKeys,
        List.of(utf8(Integer.toString(keys.itemPrefix().length))));
  }

  /** What a script gives in place of an envelope: nothing for what is absent. */
  private static void requireAbsent(String id, @Nullable Object said) {
    if (said != null) {
      throw lost(id);
    }
  }

  private static CorruptDataException lost(String id) {
    return new CorruptDataException(
        "the value of an item is lost, or its key another program's; restore the key, or delete it"
            + " and write the item again",
        id,
        "an envelope",
        "none");
  }

  /** Reads a page, a part of it in one step. */
  List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    List<Entry> page = new ArrayList<>();
    String last = after;
    while (page.size() < limit) {
      int wanted = Math.min(ITEMS_A_READ, limit - page.size());
      List<?> reply = scanPart(range, last, wanted);
      for (int i = 1; i + 1 < reply.size(); i += 2) {
        last = new String((byte[]) reply.get(i), UTF_8);
        if (!(reply.get(i + 1) instanceof byte[] envelope)) {
          throw lost(last);
        }
        page.add(Envelope.decode(last, envelope));
      }
      if (reply.size() < 1 + 2 * wanted) {
        return page;
      }
    }
    return page;
  }

  private List<?> scanPart(IdRange range, @Nullable String after, int limit) {
    List<byte[]> scriptKeys = List.of(keys.head(), keys.ids());
    List<?> reply = inOrder("scan", Script.SCAN, scriptKeys, range, after, limit);
    head("scan", reply.get(0));
    return reply;
  }

  private List<?> inOrder(
      String operation,
      Script script,
      List<byte[]> scriptKeys,
      IdRange range,
      @Nullable String after,
      int limit) {
    List<byte[]> arguments =
        List.of(
            utf8(lower(range.from(), after)),
            utf8(range.to() == null ? "+" : "(" + range.to()),
            utf8(Integer.toString(limit)),
            keys.itemPrefix());
    return (List<?>) run(operation, script, connections.reads(), scriptKeys, arguments);
  }

  /** Reads a page in one step, so that it is as of its head. */
  HeaderPage headers(IdRange range, @Nullable String after, int limit) {
    List<byte[]> scriptKeys = List.of(keys.head(), keys.ids(), keys.tombstoneIds());
    List<?> reply = inOrder("headers", Script.HEADERS, scriptKeys, range, after, limit);
    Head head = head("headers", reply.get(0));
    List<Header> headers = new ArrayList<>(reply.size() / 2);
    for (int i = 1; i + 1 < reply.size(); i += 2) {
      String id = new String((byte[]) reply.get(i), UTF_8);
      headers.add(Envelope.stored(id, (byte[]) reply.get(i + 1)));
    }
    return new HeaderPage(head.databaseId(), head.sequence(), headers);
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
                List.of(
                    utf8(Long.toString(from)),
                    utf8(Integer.toString(limit)),
                    utf8(Integer.toString(BYTES_A_POLL))));
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
    // No tombstone is from before the epoch, and no horizon.
    long before = Math.max(0, acceptedBeforeMillis);
    by.failPoints().proceed(FailPoint.TIER_HEAD);
    by.failPoints().proceed(FailPoint.TIER_ROWS);
    by.failPoints().proceed(FailPoint.TIER_COMMIT);
    Object reply =
        run(
            "purge",
            Script.PURGE,
            connections.writes(),
            List.of(keys.head(), keys.tombstones(), keys.tombstoneIds()),
            List.of(
                utf8(databaseId),
                utf8(Long.toString(before)),
                ByteBuffer.allocate(Long.BYTES).putLong(before).array(),
                utf8(Integer.toString(limit)),
                keys.itemPrefix()));
    by.failPoints().proceed(FailPoint.TIER_COMMITTED);
    return ((Long) reply).intValue();
  }

  /**
   * Registers, moves or forgets a reader of the change log.
   *
   * @param from the first row that it needs; null to forget it
   */
  void reader(String name, @Nullable Long from) {
    run(
        "register",
        Script.READER,
        connections.writes(),
        List.of(keys.head(), keys.readers()),
        List.of(utf8(databaseId), utf8(name), utf8(from == null ? "" : Long.toString(from))));
  }

  /** Removes old rows, some in one step: they come with what they hold. */
  int trim(long committedBeforeMillis, long boundMillis, int limit) {
    long end = System.nanoTime() + timeout.toNanos();
    int removed = 0;
    int wanted;
    int done;
    do {
      wanted = Math.min(ROWS_A_TRIM, limit - removed);
      Object reply =
          run(
              "trim",
              Script.TRIM,
              connections.writes(),
              Duration.ofNanos(Math.max(0, end - System.nanoTime())),
              List.of(keys.head(), keys.changes(), keys.readers()),
              List.of(
                  utf8(databaseId),
                  utf8(Long.toString(committedBeforeMillis)),
                  utf8(Long.toString(boundMillis)),
                  utf8(Integer.toString(wanted))));
      done = ((Long) reply).intValue();
      removed += done;
    } while (done == wanted && removed < limit);
    return removed;
  }

  long horizonMillis() {
    return head("horizon", send("horizon", List.of(headOnly())).get(0)).horizonMillis();
  }

  long serverTimeMillis() {
    List<?> time =
        (List<?>) requireReply(send("clock", List.of(Command.of("TIME").build())).get(0));
    return number(time.get(0)) * 1000 + number(time.get(1)) / 1000;
  }

  private static long number(Object digits) {
    return Long.parseLong(new String((byte[]) digits, UTF_8));
  }

  @Override
  public void close() {
    connections.close();
  }

  /** The head that was read along, if it is that of the database that was opened. */
  private Head head(String operation, @Nullable Object bytes) {
    Head head = bytes == null ? null : Head.decode((byte[]) bytes);
    if (head == null || !head.databaseId().equals(databaseId)) {
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
    return run(operation, script, client, timeout, scriptKeys, arguments);
  }

  private Object run(
      String operation,
      Script script,
      RedisClient client,
      Duration within,
      List<byte[]> scriptKeys,
      List<byte[]> arguments) {
    try {
      Object reply = script.run(client, within, scriptKeys, arguments);
      requireAnswer(operation, reply);
      return reply;
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private List<@Nullable Object> send(String operation, List<Command> commands) {
    try {
      List<@Nullable Object> replies = connections.reads().send(commands, timeout).all();
      replies.forEach(reply -> requireAnswer(operation, reply));
      return replies;
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private static Object requireReply(@Nullable Object reply) {
    return Objects.requireNonNull(reply, "a command that always replies something");
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
