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
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes on their way into a cache: as calls of the script, and what the script says of them. For
 * one thread.
 */
final class CachePut {
  /** How many one call takes: Redis serves nobody else meanwhile. */
  private static final int ITEMS_A_CALL = 256;

  private static final int BYTES_A_CALL = 1 << 20;

  /** How many different times to live the items of a call have. */
  private static final int TTLS = 16;

  private static final byte[] NOTHING = new byte[0];

  private final CacheKeys keys;
  private final Limits limits;
  private final long nonce;
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
    // Sequence and revision, to hold nothing; else empty.
    final byte[] drop;
    final byte[] value;

    Told(int place, int lane, long sequence, byte[] key, byte[] drop, byte[] value) {
      this.place = place;
      this.lane = lane;
      this.sequence = sequence;
      this.key = key;
      this.drop = drop;
      this.value = value;
    }

    int bytes() {
      return key.length + drop.length + value.length;
    }

    boolean isPlain(long highest) {
      return sequence == highest && drop.length == 0;
    }
  }

  /** The items of one lane in one call. */
  private record Lane(int number, long highest, List<Told> plain, List<Told> others) {
    static Lane of(int number, List<Told> told) {
      long highest = told.stream().mapToLong(one -> one.sequence).max().orElseThrow();
      List<Told> plain = new ArrayList<>(told);
      plain.removeIf(one -> !one.isPlain(highest));
      List<Told> others = new ArrayList<>(told);
      others.removeIf(one -> one.isPlain(highest));
      return new Lane(number, highest, plain, others);
    }

    byte[] word() {
      return ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES)
          .putInt(plain.size())
          .putInt(others.size())
          .putLong(highest)
          .array();
    }
  }

  /** Those of one call, as it has them. */
  private record Part(List<Lane> lanes, List<Told> told) {}

  private List<Part> parts = List.of();

  /** All encoding is done here. */
  CachePut(CacheKeys keys, Limits limits, long nonce, List<CacheWrite> writes) {
    this.keys = keys;
    this.limits = limits;
    this.nonce = nonce;
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
        return new Told(place, lane, sequence, key, NOTHING, value);
      }
      outcomes[place] = CacheOutcome.REFUSED;
    }
    byte[] drop = CacheValue.drop(sequence, write.revision());
    return new Told(place, lane, sequence, key, drop, NOTHING);
  }

  /** Spread over a fifth, by what is as good as random. */
  private List<byte[]> ttls(long seed) {
    return new SplittableRandom(seed)
        .doubles(TTLS, 0.9, 1.1)
        .mapToObj(share -> digits(Math.max(1, (long) (limits.ttlMillis * share))))
        .toList();
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
    List<Lane> lanes = new ArrayList<>();
    List<Told> ordered = new ArrayList<>(told.size());
    int from = 0;
    while (from < told.size()) {
      int number = told.get(from).lane;
      int to = from + 1;
      while (to < told.size() && told.get(to).lane == number) {
        to++;
      }
      Lane lane = Lane.of(number, told.subList(from, to));
      lanes.add(lane);
      ordered.addAll(lane.plain);
      ordered.addAll(lane.others);
      from = to;
    }
    return new Part(lanes, ordered);
  }

  private Script.Call call(Part part) {
    List<byte[]> scriptKeys = new ArrayList<>(1 + part.lanes.size() + part.told.size());
    List<byte[]> arguments = new ArrayList<>(3 + TTLS + part.lanes.size() + 2 * part.told.size());
    scriptKeys.add(keys.nothing(part.lanes.get(0).number));
    arguments.add(digits(part.lanes.size()));
    arguments.add(digits(limits.keptMillis()));
    arguments.add(bytes(nonce));
    arguments.addAll(ttls(nonce ^ part.lanes.get(0).number));
    for (Lane lane : part.lanes) {
      scriptKeys.add(keys.number(lane.number));
      arguments.add(lane.word());
    }
    part.told.forEach(one -> scriptKeys.add(one.key));
    for (Lane lane : part.lanes) {
      lane.plain.forEach(one -> arguments.add(one.value));
      for (Told one : lane.others) {
        arguments.add(one.drop.length == 0 ? bytes(one.sequence) : one.drop);
        arguments.add(one.value);
      }
    }
    return new Script.Call(scriptKeys, arguments);
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
          lost.put(part.lanes.get(lane).number, itsNonce);
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
