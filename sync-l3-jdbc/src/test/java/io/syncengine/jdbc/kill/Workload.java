// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The writes of a child: each follows from the seed and its own number, so that the parent knows
 * what was attempted though it hears only of what was acknowledged. A content says whose it is.
 */
final class Workload {
  static final int WRITERS = 4;

  private final Scenario scenario;

  /**
   * The number of a write: the {@code n}-th of a writer in the {@code run}-th life of the store.
   */
  record Tag(int run, int writer, int n) {
    static Tag parse(String text) {
      String[] parts = text.split("\\.");
      return new Tag(
          Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    @Override
    public String toString() {
      return run + "." + writer + "." + n;
    }
  }

  /** A write: {@code level} is what it asks for, {@code size} about that of its content. */
  record Op(String id, boolean delete, Ack level, int size) {}

  Workload(Scenario scenario) {
    this.scenario = scenario;
  }

  List<String> ids() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < scenario.ids(); i++) {
      ids.add("k." + i);
    }
    return ids;
  }

  Op op(Tag tag) {
    SplittableRandom random = random(tag);
    String id = "k." + random.nextInt(scenario.ids());
    boolean delete = random.nextInt(5) == 0;
    int level = random.nextInt(100);
    Ack ack =
        level < scenario.persistedPercent() ? Ack.PERSISTED : level < 85 ? Ack.LOGGED : Ack.MEMORY;
    return new Op(id, delete, ack, random.nextInt(scenario.maxContent()));
  }

  SyncItem item(Tag tag, Ack level) {
    Op op = op(tag);
    return SyncItem.of(op.id, content(tag, op, level));
  }

  /** The content of a write that asked for a level, which may be another than the first choice. */
  String content(Tag tag, Op op, Ack level) {
    SplittableRandom random = random(tag);
    StringBuilder text = new StringBuilder(op.id + ' ' + tag + ' ' + level + ' ');
    while (text.length() < op.size) {
      text.append(Long.toHexString(random.nextLong()));
    }
    return text.toString();
  }

  private SplittableRandom random(Tag tag) {
    long mixed = scenario.seed();
    for (int part : new int[] {tag.run, tag.writer, tag.n}) {
      mixed = (mixed ^ part) * 0x9E3779B97F4A7C15L;
      mixed ^= mixed >>> 29;
    }
    return new SplittableRandom(mixed);
  }
}
