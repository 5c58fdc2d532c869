// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.SyncEngine;
import io.syncengine.jdbc.histories.Read.Answer;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.Health;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.WriteRejectedException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** One thread's calls of an engine, at random, one after the other, each with its line. */
final class Player {
  private static final int WRITTEN = 40;
  private static final int HOT = 4;
  private static final int NEVER_WRITTEN = 8;
  private static final int MANY = 6;
  private static final List<ReadOption[]> OPTIONS =
      List.of(
          new ReadOption[0],
          new ReadOption[0],
          new ReadOption[] {ReadOption.SKIP_L1},
          new ReadOption[] {ReadOption.SKIP_L1},
          new ReadOption[] {ReadOption.SKIP_L1, ReadOption.SKIP_L2},
          new ReadOption[] {ReadOption.ALLOW_STALE},
          new ReadOption[] {ReadOption.VERIFY});

  private final SyncEngine engine;
  private final HistoryFile history;
  private final String prefix;
  private final String name;
  private final Random random;

  /**
   * Makes a player.
   *
   * @param prefix of all ids
   * @param name makes contents distinct
   */
  Player(SyncEngine engine, HistoryFile history, String prefix, String name, long seed) {
    this.engine = engine;
    this.history = history;
    this.prefix = prefix;
    this.name = name;
    this.random = new Random(seed);
  }

  /** All ids under a prefix: few, so that they collide; some that nobody writes. */
  static List<String> ids(String prefix) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < WRITTEN; i++) {
      ids.add(prefix + "k." + i);
    }
    for (int i = 0; i < NEVER_WRITTEN; i++) {
      ids.add(prefix + "never." + i);
    }
    return ids;
  }

  /** One call. */
  void play() {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> get(anyId());
      case 3, 4 -> getAll();
      case 5, 6 -> contains(anyId());
      case 7 -> delete(writtenId(), level());
      case 8, 9, 10 -> submit(writtenId(), level());
      default -> read(anyId(), OPTIONS.get(random.nextInt(OPTIONS.size())));
    }
  }

  private String writtenId() {
    return prefix + "k." + random.nextInt(random.nextBoolean() ? HOT : WRITTEN);
  }

  private String anyId() {
    return random.nextInt(8) == 0 ? prefix + "never." + random.nextInt(NEVER_WRITTEN) : writtenId();
  }

  private Ack level() {
    int n = random.nextInt(10);
    return n < 5 ? Ack.MEMORY : n < 8 ? Ack.LOGGED : Ack.PERSISTED;
  }

  private void submit(String id, Ack level) {
    long call = history.call();
    SyncItem item = SyncItem.of(id, name + '/' + call + ' ' + id);
    String hash = HexFormat.of().formatHex(item.contentHash());
    write(call, id, hash, () -> engine.submit(item, level));
  }

  private void delete(String id, Ack level) {
    write(history.call(), id, History.NONE, () -> engine.delete(id, level));
  }

  private interface Writing {
    Receipt call();
  }

  private void write(long call, String id, String hash, Writing writing) {
    history.writes(call, System.nanoTime(), id, hash);
    Receipt receipt;
    try {
      receipt = writing.call();
    } catch (AckTimeoutException e) {
      receipt = e.receipt();
    } catch (WriteRejectedException e) {
      history.refused(call, System.nanoTime());
      return;
    } catch (DurabilityException e) {
      // Nobody knows whether it was made; nor does the history.
      return;
    }
    history.acknowledged(call, System.nanoTime(), receipt.revision(), receipt.reached());
  }

  void read(String id, ReadOption... options) {
    long call = history.call();
    long begin = System.nanoTime();
    try {
      ReadResult result = engine.read(id, options);
      long end = System.nanoTime();
      Answer answer = result.item().isPresent() ? Answer.PRESENT : Answer.ABSENT;
      if (result.stale() && List.of(options).contains(ReadOption.ALLOW_STALE)) {
        answer = Answer.LAST_KNOWN;
      }
      Revision revision = result.revision().orElse(null);
      history.read(call, begin, end, id, answer, revision, result.source(), !result.stale());
    } catch (TierUnavailableException e) {
      unavailable(call, begin, id);
    }
  }

  private void get(String id) {
    long call = history.call();
    long begin = System.nanoTime();
    boolean fresh = isWell();
    try {
      answered(call, begin, id, engine.get(id).orElse(null), fresh);
    } catch (TierUnavailableException e) {
      unavailable(call, begin, id);
    }
  }

  private void getAll() {
    long call = history.call();
    List<String> ids = Stream.generate(this::anyId).limit(MANY).distinct().toList();
    long begin = System.nanoTime();
    boolean fresh = isWell();
    try {
      Map<String, SyncItem> found = engine.getAll(ids);
      ids.forEach(id -> answered(call, begin, id, found.get(id), fresh));
    } catch (TierUnavailableException e) {
      ids.forEach(
          id -> {
            SyncItem item = e.found().get(id);
            if (item == null) {
              unavailable(call, begin, id);
            } else {
              answered(call, begin, id, item, fresh);
            }
          });
    }
  }

  private void contains(String id) {
    long call = history.call();
    long begin = System.nanoTime();
    boolean fresh = isWell();
    try {
      Answer answer = engine.contains(id) ? Answer.PRESENT : Answer.ABSENT;
      history.read(call, begin, System.nanoTime(), id, answer, null, null, fresh && isWell());
    } catch (TierUnavailableException e) {
      unavailable(call, begin, id);
    }
  }

  private void answered(long call, long begin, String id, SyncItem item, boolean fresh) {
    Answer answer = item == null ? Answer.ABSENT : Answer.PRESENT;
    Revision revision = item == null ? null : item.revision();
    history.read(call, begin, System.nanoTime(), id, answer, revision, null, fresh && isWell());
  }

  private void unavailable(long call, long begin, String id) {
    history.read(call, begin, System.nanoTime(), id, Answer.UNAVAILABLE, null, null, false);
  }

  /** Asked before and after a call whose answer does not tell whether it is stale. */
  private boolean isWell() {
    return engine.health().status() == Health.Status.UP;
  }
}
