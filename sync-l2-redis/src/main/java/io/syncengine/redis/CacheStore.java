// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.TierInfo;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cache in Redis, open. That it never goes back as a whole rests on who replies: each connection
 * is greeted by the server's identity, the state of a space knows the identities of the servers
 * that it was told to, and no reply of another one is used. Safe from any thread.
 */
// Concurrency: `spaces` is a concurrent map of immutable values, put by whoever reads a state.
final class CacheStore implements RedisStore {
  private static final System.Logger LOG = System.getLogger(CacheStore.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();

  /** How many ids one command reads: Redis serves nobody else meanwhile. */
  private static final int ITEMS_A_READ = 256;

  /** Of how many spaces it is remembered what was known; an engine uses one at a time. */
  private static final int SPACES = 64;

  private final RedisConnections connections;
  private final String namespace;
  private final Failures failures;
  private final Duration timeout;
  private final CachePut.Limits limits;
  private final boolean writable;
  private final String description;
  private final WakeChannels channels;
  private final Map<CacheSpace, Space> spaces = new ConcurrentHashMap<>();
  private final LongAdder unreadable = new LongAdder();

  /**
   * A space as its state was when it was read last.
   *
   * @param born when it was begun, so to say; a space that was begun twice is not trusted again
   * @param nodes whose replies count; none if the space is not to be used any more
   */
  private record Space(CacheKeys keys, long born, Set<String> nodes) {}

  /**
   * Over what was checked to be there.
   *
   * @param connections closed by {@link #close()}
   */
  CacheStore(
      RedisConnections connections,
      String namespace,
      Failures failures,
      Duration timeout,
      CachePut.Limits limits,
      boolean writable,
      String description) {
    this.connections = connections;
    this.namespace = namespace;
    this.failures = failures;
    this.timeout = timeout;
    this.limits = limits;
    this.writable = writable;
    this.description = description;
    this.channels = new WakeChannels(connections, namespace, failures, timeout);
  }

  @Override
  public TierInfo describe() {
    return new TierInfo("", description);
  }

  /** Words between instances. */
  WakeChannels channels() {
    return channels;
  }

  /** How many values were read that nobody understands. */
  long unreadable() {
    return unreadable.sum();
  }

  // --- the state

  Optional<CacheState> state(CacheSpace space) {
    String operation = "state";
    CacheKeys keys = keys(space);
    List<byte[]> keep = List.of(CachePut.digits(writable ? limits.keptMillis() : 0));
    Answer first = ask(operation, connections.writes(), keys, keep);
    Answer second = ask(operation, connections.reads(), keys, keep);
    return judge(operation, space, keys, second, identities(operation, first, second));
  }

  boolean begin(CacheSpace space, long base, long baseTag) {
    String operation = "begin";
    CacheKeys keys = keys(space);
    Answer before = ask(operation, connections.reads(), keys, List.of(CachePut.digits(0)));
    Set<String> servers = identities(operation, before, before);
    if (before.state == null && !limits.oneLaneACall()) {
      // Not by the first write to each, so that what is newer than the base needs no head. In a
      // Cluster, where lanes and state are not looked at in one step, a begin that comes late could
      // so set a lane back.
      run(operation, Script.CACHE_LANES, connections.writes(), timeout, firstNumbers(keys, base));
    }
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(CachePut.digits(limits.keptMillis()));
    arguments.add(CachePut.bytes(base));
    arguments.add(CachePut.bytes(baseTag));
    arguments.add(CachePut.bytes(RANDOM.nextLong()));
    servers.forEach(server -> arguments.add(server.getBytes(UTF_8)));
    Answer after = ask(operation, connections.writes(), keys, arguments);
    return judge(operation, space, keys, after, identities(operation, before, after)).isPresent();
  }

  private List<Script.Call> firstNumbers(CacheKeys keys, long base) {
    List<byte[]> all = new ArrayList<>();
    IntStream.range(0, CacheKeys.LANES).mapToObj(keys::number).forEach(all::add);
    all.add(keys.state());
    return List.of(
        new Script.Call(all, List.of(CachePut.digits(limits.keptMillis()), CachePut.bytes(base))));
  }

  private CacheKeys keys(CacheSpace space) {
    Space known = spaces.get(space);
    return known == null ? new CacheKeys(namespace, space) : known.keys;
  }

  /** What a server says of itself and of a space. */
  private record Answer(String server, @Nullable SpaceState state) {}

  private Answer ask(String operation, RedisClient client, CacheKeys keys, List<byte[]> arguments) {
    Replies replies =
        run(
            operation,
            Script.CACHE_STATE,
            client,
            timeout,
            List.of(new Script.Call(List.of(keys.state()), arguments)));
    List<?> reply = (List<?>) replies.first();
    ServerInfo server = new ServerInfo((byte[]) reply.get(0));
    if (!server.isMaster() || !replies.from().contains(server.identity())) {
      // It became another one while the connection stood.
      throw renewed(operation);
    }
    return new Answer(server.identity(), SpaceState.decode((List<?>) reply.get(1)));
  }

  /** Who is asked now: the same for reads and for writes, or a connection leads astray. */
  private Set<String> identities(String operation, Answer first, Answer second) {
    try {
      Set<String> reads = connections.reads().identities(timeout);
      Set<String> writes = connections.writes().identities(timeout);
      if (!first.server.equals(second.server)
          || !reads.equals(writes)
          || !reads.contains(first.server)) {
        throw renewed(operation);
      }
      return reads;
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private RuntimeException renewed(String operation) {
    connections.reads().renew();
    connections.writes().renew();
    return failures.distrusted(operation);
  }

  /** Whether a space can be used, and what of it is remembered. */
  private Optional<CacheState> judge(
      String operation, CacheSpace space, CacheKeys keys, Answer answer, Set<String> servers) {
    SpaceState state = answer.state;
    Space known = spaces.get(space);
    if (state == null
        || !state.nodes().containsAll(servers)
        || (known != null && known.born != state.born())) {
      LOG.log(System.Logger.Level.DEBUG, "a generation in Redis cannot be used: {0}", operation);
      if (known != null) {
        spaces.put(space, new Space(keys, known.born, Set.of()));
      }
      return Optional.empty();
    }
    if (known == null && spaces.size() >= SPACES) {
      spaces.clear();
    }
    spaces.put(space, new Space(keys, state.born(), state.nodes()));
    return Optional.of(state.state());
  }

  /** The space, of which the state was read by this tier or is read now. */
  private Space known(String operation, CacheSpace space) {
    Space known = spaces.get(space);
    if (known == null) {
      if (state(space).isEmpty()) {
        throw failures.distrusted(operation);
      }
      known = spaces.get(space);
    }
    if (known == null || known.nodes.isEmpty()) {
      throw failures.distrusted(operation);
    }
    return known;
  }

  /** Throws unless all of them come from servers that were told of all that the space reflects. */
  private Replies trusted(String operation, Space space, Replies replies) {
    if (!space.nodes.containsAll(replies.from())) {
      throw failures.distrusted(operation);
    }
    return replies;
  }

  boolean move(CacheSpace space, String origin, long from, long to) {
    return position(
        "move",
        Script.CACHE_MOVE,
        space,
        List.of(origin.getBytes(UTF_8), CachePut.bytes(from), CachePut.bytes(to)));
  }

  boolean advance(CacheSpace space, long from, long to, long tag) {
    return position(
        "advance",
        Script.CACHE_ADVANCE,
        space,
        List.of(CachePut.bytes(from), CachePut.bytes(to), CachePut.bytes(tag)));
  }

  private boolean position(String operation, Script script, CacheSpace space, List<byte[]> rest) {
    Space at = known(operation, space);
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(CachePut.digits(limits.keptMillis()));
    arguments.add(CachePut.bytes(at.born));
    arguments.addAll(rest);
    Replies replies =
        run(
            operation,
            script,
            connections.writes(),
            timeout,
            List.of(new Script.Call(List.of(at.keys.state()), arguments)));
    return (Long) trusted(operation, at, replies).first() == 1;
  }

  // --- items

  Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
    String operation = "get";
    if (ids.isEmpty()) {
      return Map.of();
    }
    Space at = known(operation, space);
    List<List<String>> parts = parts(ids);
    List<Command> reads = parts.stream().map(part -> command("MGET", at.keys, part)).toList();
    Replies replies = send(operation, at, connections.reads(), reads);
    Map<String, Entry> found = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      List<?> values = (List<?>) requireAnswer(operation, replies.all().get(i));
      for (int j = 0; j < values.size(); j++) {
        if (values.get(j) instanceof byte[] value) {
          take(parts.get(i).get(j), value, found);
        }
      }
    }
    return found;
  }

  private void take(String id, byte[] value, Map<String, Entry> found) {
    Entry entry = CacheValue.decode(id, value);
    if (entry == null) {
      unreadable.increment();
      LOG.log(System.Logger.Level.DEBUG, "a value in Redis is not one that is understood");
    } else {
      found.put(id, entry);
    }
  }

  private List<List<String>> parts(Collection<String> ids) {
    // In a Cluster one by one: what has keys here and there is refused while a slot moves.
    int most = limits.oneLaneACall() ? 1 : ITEMS_A_READ;
    List<String> all = List.copyOf(ids);
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += most) {
      parts.add(all.subList(from, Math.min(all.size(), from + most)));
    }
    return parts;
  }

  private static Command command(String name, CacheKeys keys, List<String> ids) {
    Command.Builder command = Command.of(name);
    ids.forEach(id -> command.addKey(keys.item(CacheKeys.lane(id), id)));
    return command.build();
  }

  List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
    String operation = "put";
    if (writes.isEmpty()) {
      return List.of();
    }
    long end = System.nanoTime() + timeout.toNanos();
    Space at = known(operation, space);
    CachePut put = new CachePut(at.keys, limits, RANDOM.nextLong(), writes);
    tell(operation, at, put, timeout);
    if (put.needsHead()) {
      again(operation, at, put, head.getAsLong(), end);
    }
    return put.outcomes();
  }

  private void tell(String operation, Space at, CachePut put, Duration within) {
    Replies replies = run(operation, Script.CACHE_PUT, connections.writes(), within, put.calls());
    put.take(trusted(operation, at, replies).all());
  }

  /** What could not be made stays absent if there is no head, or no time. */
  private void again(String operation, Space at, CachePut put, long head, long end) {
    long forLanes = end - System.nanoTime();
    if (head < 0 || forLanes <= 0) {
      return;
    }
    Replies replies =
        run(
            operation,
            Script.CACHE_LANE,
            connections.writes(),
            Duration.ofNanos(forLanes),
            put.laneCalls(head));
    trusted(operation, at, replies);
    long left = end - System.nanoTime();
    if (left > 0) {
      tell(operation, at, put, Duration.ofNanos(left));
    }
  }

  // --- what is really held

  CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
    ScanCursor from = ScanCursor.of(cursor);
    Space at = known("scan", space);
    try {
      return new CacheScan(at.keys, connections.reads(), new ScanSender(at)).page(from, limit);
    } catch (ConnectionException e) {
      throw failures.unreached("scan", e);
    }
  }

  /** Sends within the time of one call. */
  private final class ScanSender implements CacheScan.Sender {
    private final Space at;
    private final long end = System.nanoTime() + timeout.toNanos();

    ScanSender(Space at) {
      this.at = at;
    }

    @Override
    public Replies send(String node, List<Command> commands) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      try {
        return trusted("scan", at, connections.reads().sendTo(node, commands, left));
      } catch (ConnectionException e) {
        throw failures.unreached("scan", e);
      }
    }

    @Override
    public void requireAnswer(@Nullable Object reply) {
      Object unused = CacheStore.this.requireAnswer("scan", reply);
    }
  }

  void remove(CacheSpace space, Collection<String> ids) {
    String operation = "remove";
    if (ids.isEmpty()) {
      return;
    }
    Space at = known(operation, space);
    List<Command> commands = new ArrayList<>();
    parts(ids).forEach(part -> commands.add(command("DEL", at.keys, part)));
    // What a scan named by its key, since it is no id's.
    ids.stream()
        .map(CacheKeys::named)
        .filter(at.keys::isItem)
        .forEach(key -> commands.add(Command.of("DEL").addKey(key).build()));
    Replies replies = send(operation, at, connections.writes(), commands);
    replies.all().forEach(reply -> requireAnswer(operation, reply));
  }

  // --- calls

  private Replies send(String operation, Space at, RedisClient client, List<Command> commands) {
    try {
      return trusted(operation, at, client.send(commands, timeout));
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private Replies run(
      String operation,
      Script script,
      RedisClient client,
      Duration within,
      List<Script.Call> calls) {
    try {
      Replies replies = script.run(client, within, calls);
      replies.all().forEach(reply -> requireAnswer(operation, reply));
      return replies;
    } catch (ConnectionException e) {
      throw failures.unreached(operation, e);
    }
  }

  private Object requireAnswer(String operation, @Nullable Object reply) {
    if (reply instanceof ErrorReply error) {
      if (error.code().equals("READONLY")) {
        throw renewed(operation);
      }
      throw failures.onReply(operation, error);
    }
    return Objects.requireNonNull(reply, "a command that always replies something");
  }

  @Override
  public void close() {
    channels.close();
    connections.close();
  }
}
