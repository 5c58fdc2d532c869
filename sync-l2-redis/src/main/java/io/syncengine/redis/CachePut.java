// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes on their way into a cache: as calls of the script, and what the script says of them. For
 * one thread.
 */
final class CachePut {
  /** How many one call takes: Redis serves nobody else meanwhile. */
  private static final int ITEMS_A_CALL = 256;

  private static final int BYTES_A_CALL = 1 << 20;
  private static final byte[] NOTHING = new byte[0];

  private final CacheKeys keys;
  private final Limits limits;
  private final byte[] nonce;
  private final CacheOutcome[] outcomes;
  private List<Told> next = new ArrayList<>();
  private final Map<Integer, byte[]> lost = new HashMap<>();

  /**
   * What one call of the script, and one value, may be.
   *
   * @param ttlMillis how long items are kept, give or take a tenth
   * @param largestValue in bytes
   * @param oneLaneACall whether a call may have keys of one lane only
   */
  record Limits(long ttlMillis, int largestValue, boolean oneLaneACall) {
    /** How long the number of a lane, and the state of a space, are kept without use. */
    long keptMillis() {
      return 2 * ttlMillis;
    }
  }

  /** One write: its place among all, and what the script is told of it. */
  private static final class Told {
    final int place;
    final int lane;
    final long sequence;
    final byte[] key;
    final byte[] known;
    final byte[] ttl;
    final byte[] value;

    Told(int place, int lane, long sequence, byte[] key, byte[]... words) {
      this.place = place;
      this.lane = lane;
      this.sequence = sequence;
      this.key = key;
      this.known = words[0];
      this.ttl = words[1];
      this.value = words[2];
    }

    int bytes() {
      return key.length + known.length + value.length;
    }
  }

  /** Those of one call. */
  private record Part(List<Told> told, List<Integer> lanes) {}

  private List<Part> parts = List.of();

  /** All encoding is done here. */
  CachePut(CacheKeys keys, Limits limits, long nonce, List<CacheWrite> writes) {
    this.keys = keys;
    this.limits = limits;
    this.nonce = bytes(nonce);
    this.outcomes = new CacheOutcome[writes.size()];
    for (int i = 0; i < writes.size(); i++) {
      next.add(told(i, writes.get(i)));
    }
    next.sort(Comparator.comparingInt(one -> one.lane));
  }

  private Told told(int place, CacheWrite write) {
    long hash = IdHash.of(write.id());
    int lane = CacheKeys.lane(hash);
    long sequence = write.sequence();
    byte[] key = keys.item(lane, write.id());
    Entry entry = write.entry();
    if (entry != null) {
      byte[] value = CacheValue.encode(entry);
      if (value.length <= limits.largestValue) {
        return new Told(place, lane, sequence, key, bytes(sequence), ttl(hash ^ sequence), value);
      }
      outcomes[place] = CacheOutcome.REFUSED;
    }
    byte[] known = CacheValue.drop(sequence, write.revision());
    return new Told(place, lane, sequence, key, known, NOTHING, NOTHING);
  }

  /** Spread over a fifth by what is as good as random. */
  private byte[] ttl(long seed) {
    double share = ((seed * 0x9E3779B97F4A7C15L) >>> 11) * 0x1p-53;
    long ttl = Math.max(1, (long) (limits.ttlMillis * (0.9 + 0.2 * share)));
    return Long.toString(ttl).getBytes(US_ASCII);
  }

  static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static byte[] digits(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  /** The calls for what has no outcome yet; empty if all have one. */
  List<Script.Call> calls() {
    parts = new ArrayList<>();
    List<Told> told = new ArrayList<>();
    int bytes = 0;
    for (Told one : next) {
      boolean full =
          told.size() == ITEMS_A_CALL
              || bytes + one.bytes() > BYTES_A_CALL
              || (limits.oneLaneACall && !told.isEmpty() && told.get(0).lane != one.lane);
      if (full && !told.isEmpty()) {
        parts.add(part(told));
        told = new ArrayList<>();
        bytes = 0;
      }
      told.add(one);
      bytes += one.bytes();
    }
    if (!told.isEmpty()) {
      parts.add(part(told));
    }
    next = new ArrayList<>();
    return parts.stream().map(this::call).toList();
  }

  private static Part part(List<Told> told) {
    return new Part(told, told.stream().map(one -> one.lane).distinct().toList());
  }

  private Script.Call call(Part part) {
    List<byte[]> scriptKeys = new ArrayList<>(1 + part.lanes.size() + part.told.size());
    List<byte[]> arguments = new ArrayList<>(3 + 2 * part.lanes.size() + 3 * part.told.size());
    scriptKeys.add(keys.nothing(part.lanes.get(0)));
    part.lanes.forEach(lane -> scriptKeys.add(keys.number(lane)));
    arguments.add(digits(part.lanes.size()));
    arguments.add(digits(limits.keptMillis()));
    arguments.add(nonce);
    addLanes(part.told, arguments);
    for (Told one : part.told) {
      scriptKeys.add(one.key);
      arguments.add(one.known);
      arguments.add(one.ttl);
      arguments.add(one.value);
    }
    return new Script.Call(scriptKeys, arguments);
  }

  /** For each lane how many are of it, and the highest of their sequences. */
  private static void addLanes(List<Told> told, List<byte[]> arguments) {
    int from = 0;
    while (from < told.size()) {
      int lane = told.get(from).lane;
      long highest = 0;
      int to = from;
      while (to < told.size() && told.get(to).lane == lane) {
        highest = Math.max(highest, told.get(to).sequence);
        to++;
      }
      arguments.add(digits(to - from));
      arguments.add(bytes(highest));
      from = to;
    }
  }

  /**
   * Reads what the script said to the calls. What could not be made, since its lane has lost its
   * number, is for the calls that come next.
   */
  void take(List<@Nullable Object> replies) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      List<?> reply = (List<?>) Objects.requireNonNull(replies.get(i), "each script replies");
      byte[] letters = (byte[]) reply.get(0);
      for (int j = 0; j < part.told.size(); j++) {
        take(part.told.get(j), letters[j]);
      }
      for (int lane = 0; lane < part.lanes.size(); lane++) {
        byte[] itsNonce = (byte[]) reply.get(1 + lane);
        if (itsNonce.length > 0) {
          lost.put(part.lanes.get(lane), itsNonce);
        }
      }
    }
  }

  private void take(Told one, byte letter) {
    if (outcomes[one.place] == CacheOutcome.REFUSED) {
      // Dropped, since it is too large; what is above it is there still.
      outcomes[one.place] = letter == 'K' ? CacheOutcome.KEPT : CacheOutcome.REFUSED;
      return;
    }
    outcomes[one.place] =
        switch (letter) {
          case 'S' -> CacheOutcome.STORED;
          case 'K' -> CacheOutcome.KEPT;
          case 'R' -> CacheOutcome.REFUSED;
          default -> CacheOutcome.ABSENT;
        };
    if (letter == 'H') {
      next.add(one);
    }
  }

  /** Whether something could not be made, since its lane has lost its number. */
  boolean needsHead() {
    return !next.isEmpty();
  }

  /** The calls that give the lanes for which that matters the head. */
  List<Script.Call> laneCalls(long head) {
    List<Integer> lanes =
        next.stream().map(one -> one.lane).distinct().filter(lost::containsKey).toList();
    List<Script.Call> calls = new ArrayList<>();
    int step = limits.oneLaneACall ? 1 : CacheKeys.LANES;
    for (int from = 0; from < lanes.size(); from += step) {
      List<Integer> some = lanes.subList(from, Math.min(lanes.size(), from + step));
      List<byte[]> arguments = new ArrayList<>(List.of(digits(limits.keptMillis()), bytes(head)));
      some.forEach(lane -> arguments.add(Objects.requireNonNull(lost.get(lane), "filtered")));
      calls.add(new Script.Call(some.stream().map(keys::number).toList(), arguments));
    }
    return calls;
  }

  /** What became of each write, by their places. */
  List<CacheOutcome> outcomes() {
    return List.of(outcomes);
  }
}
