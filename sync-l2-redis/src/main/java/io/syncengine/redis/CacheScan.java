// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.model.ItemId;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.Header;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One page of what a space holds: SCAN at one node, then the fronts of the values. For one thread.
 *
 * <p>In a Cluster a lane's slot may move while nodes are read one after the other, so that SCAN
 * finds its keys at neither. So a lane counts as read only if one node has had all of it at each
 * SCAN, from its cursor 0 to the end, whatever was between: SCAN finds what is there each time.
 * Whether it has is asked in the pipeline of the SCAN, before and after it, for a key of the lane
 * that is never there: a node that has not, or not all of it any more, refuses that. What is then
 * left of the lanes is read at another node.
 */
final class CacheScan {
  private static final System.Logger LOG = System.getLogger(CacheScan.class.getName());

  /** How much one SCAN looks at: Redis serves nobody else meanwhile. */
  private static final int KEYS_A_SCAN = 1_000;

  private final CacheKeys keys;
  private final RedisClient client;
  private final Sender sender;

  /** Sends to one node. */
  interface Sender {
    /**
     * As {@link RedisClient#sendTo}, within the time of the call.
     *
     * @throws io.syncengine.model.TierUnavailableException if there is no reply, or it is not to be
     *     trusted
     */
    Replies send(String node, List<Command> commands);

    /** Throws what an error means. */
    void requireAnswer(@Nullable Object reply);
  }

  CacheScan(CacheKeys keys, RedisClient client, Sender sender) {
    this.keys = keys;
    this.client = client;
    this.sender = sender;
  }

  CachePage page(ScanCursor from, int limit) throws ConnectionException {
    ScanCursor.Part part = from.part().map(this::still).orElse(null);
    if (part == null || part.lanes().signum() == 0) {
      part = next(from.done());
    }
    Found found = find(part, limit);
    if (!part.identity().isEmpty() && !found.identity.equals(part.identity())) {
      part = next(from.done());
      found = find(part, limit);
    }
    CachePage page = read(part.node(), found);
    return new CachePage(page.headers(), page.unreadable(), next(from.done(), part.node(), found));
  }

  private static @Nullable String next(BigInteger done, String node, Found found) {
    if (!found.server.equals(ScanCursor.Part.START)) {
      ScanCursor.Part part = new ScanCursor.Part(node, found.identity, found.lanes, found.server);
      return new ScanCursor(done, Optional.of(part)).text();
    }
    BigInteger read = done.or(found.lanes);
    return read.equals(ScanCursor.ALL) ? null : new ScanCursor(read, Optional.empty()).text();
  }

  // --- whom to ask

  /** The node that is to be read next, for those of the lanes that are left that it has. */
  private ScanCursor.Part next(BigInteger done) throws ConnectionException {
    BigInteger left = ScanCursor.ALL.andNot(done);
    int first = left.getLowestSetBit();
    String node = client.nodeOf(keys.number(first));
    return new ScanCursor.Part(node, "", at(node, left).setBit(first), ScanCursor.Part.START);
  }

  private ScanCursor.Part still(ScanCursor.Part part) {
    return new ScanCursor.Part(
        part.node(), part.identity(), at(part.node(), part.lanes()), part.server());
  }

  /** Those of the lanes that are at a node as far as is known. */
  private BigInteger at(String node, BigInteger lanes) {
    BigInteger there = BigInteger.ZERO;
    for (int lane : bits(lanes)) {
      try {
        if (client.nodeOf(keys.number(lane)).equals(node)) {
          there = there.setBit(lane);
        }
      } catch (ConnectionException e) {
        LOG.log(System.Logger.Level.DEBUG, "a lane is at no node, and read later", e);
      }
    }
    return there;
  }

  private static int[] bits(BigInteger lanes) {
    return IntStream.range(0, CacheKeys.LANES).filter(lanes::testBit).toArray();
  }

  // --- which keys

  /** What one SCAN found, of lanes that the node had all of. */
  private static final class Found {
    final String identity;
    final String server;
    final List<byte[]> items = new ArrayList<>();
    BigInteger lanes;

    Found(Replies replies, String server, BigInteger lanes) {
      this.identity = replies.from().iterator().next();
      this.server = server;
      this.lanes = lanes;
    }
  }

  private Found find(ScanCursor.Part part, int limit) {
    int[] asked = client.oneSlotACommand() ? bits(part.lanes()) : new int[0];
    List<Command> commands = new ArrayList<>();
    for (int lane : asked) {
      commands.add(Command.of("EXISTS").addKey(keys.nothing(lane)).build());
    }
    commands.add(
        Command.of("SCAN")
            .add(part.server())
            .add("MATCH")
            .add(keys.items())
            .add("COUNT")
            .add(Math.min(limit, KEYS_A_SCAN))
            .build());
    commands.addAll(commands.subList(0, asked.length));
    Replies replies = sender.send(part.node(), commands);
    BigInteger lanes = part.lanes();
    Object refusal = null;
    for (int i = 0; i < asked.length; i++) {
      for (Object reply : List.of(replies.all().get(i), replies.all().get(asked.length + 1 + i))) {
        if (isElsewhere(reply)) {
          lanes = lanes.clearBit(asked[i]);
          refusal = reply;
        }
      }
    }
    if (lanes.signum() == 0) {
      sender.requireAnswer(refusal);
    }
    Object scanned = replies.all().get(asked.length);
    sender.requireAnswer(scanned);
    List<?> said = (List<?>) scanned;
    Found found = new Found(replies, new String((byte[]) said.get(0), UTF_8), lanes);
    for (Object key : (List<?>) said.get(1)) {
      if (lanes.testBit(keys.laneOf((byte[]) key))) {
        found.items.add((byte[]) key);
      }
    }
    return found;
  }

  /** Whether a node has not, or not all, of the slot; throws what another error means. */
  private boolean isElsewhere(@Nullable Object reply) {
    if (reply instanceof ErrorReply error
        && (error.code().equals("MOVED") || error.code().equals("ASK"))) {
      return true;
    }
    sender.requireAnswer(reply);
    return false;
  }

  // --- what they hold

  private CachePage read(String node, Found found) {
    List<Header> headers = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    List<byte[]> empty = new ArrayList<>();
    List<@Nullable Object> fronts = sendAll(node, found.items, CacheScan::front);
    for (int i = 0; i < found.items.size(); i++) {
      byte[] key = found.items.get(i);
      Object front = fronts.get(i);
      if (front instanceof byte[] bytes) {
        if (bytes.length == 0) {
          empty.add(key);
        } else {
          take(key, bytes, headers, unreadable);
        }
      } else if (front instanceof ErrorReply error && error.code().equals("WRONGTYPE")) {
        unreadable.add(name(key));
      } else if (isElsewhere(front)) {
        found.lanes = found.lanes.clearBit(keys.laneOf(key));
      }
    }
    // Gone since, or there and empty.
    List<@Nullable Object> there = sendAll(node, empty, CacheScan::exists);
    for (int i = 0; i < empty.size(); i++) {
      if (isElsewhere(there.get(i))) {
        found.lanes = found.lanes.clearBit(keys.laneOf(empty.get(i)));
      } else if (Long.valueOf(1).equals(there.get(i))) {
        unreadable.add(name(empty.get(i)));
      }
    }
    return new CachePage(headers, unreadable, null);
  }

  private List<@Nullable Object> sendAll(
      String node, List<byte[]> items, Function<byte[], Command> command) {
    return items.isEmpty()
        ? List.of()
        : sender.send(node, items.stream().map(command).toList()).all();
  }

  private static Command front(byte[] key) {
    return Command.of("GETRANGE").addKey(key).add(0).add(CacheValue.LEAST_BYTES - 1).build();
  }

  private static Command exists(byte[] key) {
    return Command.of("EXISTS").addKey(key).build();
  }

  private void take(byte[] key, byte[] front, List<Header> headers, List<String> unreadable) {
    String id = id(key);
    Header header = id == null ? null : CacheValue.header(id, front);
    if (header == null) {
      unreadable.add(name(key));
    } else {
      headers.add(header);
    }
  }

  /** The id, or where there is none the key's name. */
  private String name(byte[] key) {
    String id = id(key);
    return id == null ? CacheKeys.name(key) : id;
  }

  /** The id whose item has this key; null if there is none. */
  private @Nullable String id(byte[] key) {
    try {
      String id = UTF_8.newDecoder().decode(ByteBuffer.wrap(keys.idOf(key))).toString();
      return CacheKeys.lane(ItemId.requireValid(id)) == keys.laneOf(key) ? id : null;
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return null;
    }
  }
}
