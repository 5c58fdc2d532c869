// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.syncengine.jdbc.kill.Workload.Op;
import io.syncengine.jdbc.kill.Workload.Tag;
import io.syncengine.model.Ack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the children of a store have reported, and whether what is found in the store agrees. */
final class Ledger {
  private final Scenario scenario;
  private final Workload workload;
  private final Map<String, Floor> floors = new HashMap<>();
  private final Map<Tag, Long> acked = new HashMap<>();
  private final Map<String, Map<Long, Tag>> byVersion = new HashMap<>();
  private final Set<Tag> refused = new HashSet<>();
  // By run and writer, the highest number reported.
  private final Map<Tag, Integer> reached = new HashMap<>();
  private long acks;

  /** The highest version of an id promised at each level, with the write that it belongs to. */
  private static final class Floor {
    private long logged;
    private long persisted;
    private String because;
  }

  /** What a store holds of an id; {@code content} is null for a tombstone. */
  record Found(long version, String content) {}

  Ledger(Scenario scenario) {
    this.scenario = scenario;
    this.workload = new Workload(scenario);
  }

  /** Acknowledged writes at all levels. */
  long acks() {
    return acks;
  }

  /** Takes a line of a child. */
  void take(String line) {
    String[] parts = line.split(" ");
    switch (parts[0]) {
      case "A" -> acknowledged(parts);
      case "R" -> promise(parts[2], Long.parseLong(parts[3]), Ack.valueOf(parts[4]), line, true);
      case "X" -> refused.add(Tag.parse(parts[1]));
      default -> fail(line);
    }
  }

  private void acknowledged(String[] parts) {
    acks++;
    Tag tag = Tag.parse(parts[1]);
    String id = parts[2];
    long version = Long.parseLong(parts[3]);
    assertThat(workload.op(tag).id()).isEqualTo(id);
    acked.put(tag, version);
    Tag other = byVersion.computeIfAbsent(id, i -> new HashMap<>()).put(version, tag);
    assertThat(other).as("a second write of %s got version %s", id, version).isNull();
    reached.merge(new Tag(tag.run(), tag.writer(), 0), tag.n(), Math::max);
    promise(id, version, Ack.valueOf(parts[4]), String.join(" ", parts), false);
  }

  private void promise(String id, long version, Ack level, String because, boolean read) {
    if (level == Ack.MEMORY) {
      return;
    }
    Floor floor = floors.computeIfAbsent(id, i -> new Floor());
    if (version > floor.logged) {
      floor.logged = version;
      floor.because = because;
    }
    if (level == Ack.PERSISTED && !read) {
      floor.persisted = Math.max(floor.persisted, version);
    }
  }

  /** Whether more of an id was promised than this. */
  boolean isBehind(String id, Found found) {
    Floor floor = floors.get(id);
    return floor != null && (found == null || found.version < floor.logged);
  }

  /** Fails unless the store may hold this of an id, after what was acknowledged at a level. */
  void check(String id, Found found, Ack level, String where) {
    Floor floor = floors.get(id);
    long least = floor == null ? 0 : level == Ack.PERSISTED ? floor.persisted : floor.logged;
    String context = where + ", " + scenario + ": " + id;
    if (found == null) {
      if (least > 0) {
        fail(context + " is missing; promised: " + floor.because);
      }
      return;
    }
    if (found.version < least) {
      fail(context + " is at " + found + ", older than its last ack: " + floor.because);
    }
    Tag tag = byVersion.getOrDefault(id, Map.of()).get(found.version);
    if (found.content == null) {
      if (tag == null ? !deleteWasUnderWay(id) : !workload.op(tag).delete()) {
        fail(context + " is deleted at " + found.version + ", which was " + tag);
      }
    } else {
      checkContent(id, found, tag, context);
    }
  }

  private void checkContent(String id, Found found, Tag acknowledged, String context) {
    String[] parts = found.content.split(" ");
    Tag tag = Tag.parse(parts[1]);
    Op op = workload.op(tag);
    assertThat(op.delete() || !op.id().equals(id)).as(context + " was never " + found).isFalse();
    assertThat(found.content)
        .as(context)
        .isEqualTo(workload.content(tag, op, Ack.valueOf(parts[2])));
    assertThat(acknowledged).as(context + " holds another write's content").isIn(null, tag);
    assertThat(acked.getOrDefault(tag, found.version)).as(context).isEqualTo(found.version);
    assertThat(refused).as(context + " was refused").doesNotContain(tag);
  }

  /** Whether a delete of an id may have been accepted that was not acknowledged. */
  private boolean deleteWasUnderWay(String id) {
    for (Map.Entry<Tag, Integer> writer : reached.entrySet()) {
      Tag first = writer.getKey();
      int last = writer.getValue() + 2 * scenario.window() + 2;
      for (int n = 0; n <= last; n++) {
        Tag tag = new Tag(first.run(), first.writer(), n);
        Op op = workload.op(tag);
        if (op.delete() && op.id().equals(id) && !acked.containsKey(tag)) {
          return true;
        }
      }
    }
    return false;
  }
}
