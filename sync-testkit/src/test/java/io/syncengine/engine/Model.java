// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The plain map that an engine is compared with: what each id must read as, and, where a crash or a
 * failed append leaves that open, everything that it may read as, until a read tells. For one
 * thread.
 */
final class Model {
  private static final long STEP = 1_000;

  private final Map<String, Item> items = new HashMap<>();
  private long writes;

  /**
   * One write.
   *
   * @param key orders the writes of an id as their revisions do
   * @param content null for a delete, or for what was there before any write
   * @param born when it was made
   */
  private record Write(long key, String content, long born) {}

  private static final class Item {
    // What must be read, unless it is open.
    Write current = new Write(0, null, 0);
    boolean open;
    long restartedAt;
    final Set<String> all = new HashSet<>();
    // What may stand after a restart, by rising key; the lowest is known to survive.
    final List<Write> candidates = new ArrayList<>(List.of(current));

    void survives(Write write) {
      candidates.removeIf(w -> w.key < write.key);
    }

    /** What was open since a restart is this one; what was made since then is as open as before. */
    void settle(Write write) {
      current = write;
      open = false;
      candidates.removeIf(w -> w.born <= restartedAt && w != write);
    }
  }

  private Item item(String id) {
    return items.computeIfAbsent(id, i -> new Item());
  }

  Collection<String> ids() {
    return items.keySet();
  }

  /** A write that the engine has accepted; {@code durable} if it outlives the process. */
  void accepted(String id, String content, boolean durable) {
    add(id, new Write(++writes * STEP, content, writes), durable);
  }

  /** The same for a write just above what is there. */
  void computed(String id, String content, boolean durable) {
    Item item = item(id);
    if (!item.open) {
      add(id, new Write(item.current.key + 1, content, ++writes), durable);
      return;
    }
    // Above one of those that may have been read as absent.
    long above =
        item.candidates.stream()
            .filter(w -> w.content == null)
            .mapToLong(Write::key)
            .max()
            .orElse(0);
    put(item, new Write(above + 1, content, item.restartedAt));
  }

  private void add(String id, Write write, boolean durable) {
    Item item = item(id);
    item.open = false;
    item.current = write;
    put(item, write);
    if (durable) {
      item.survives(write);
    }
  }

  private static void put(Item item, Write write) {
    item.candidates.add(write);
    item.all.add(write.content);
    item.candidates.sort(Comparator.comparingLong(Write::key));
  }

  /** A write of which nobody knows whether it is in the log: no reader sees it before a restart. */
  void unknown(String id, String content) {
    put(item(id), new Write(++writes * STEP, content, writes));
  }

  /** The same for a write just above what is there. */
  void unknownComputed(String id, String content) {
    put(item(id), new Write(item(id).current.key + 1, content, ++writes));
  }

  /** What is read of an id now is in the log or the ground truth. */
  void durable(String id) {
    Item item = item(id);
    if (!item.open) {
      item.survives(item.current);
    }
  }

  /** The process ended and another began: what does not survive for sure is open. */
  void restarted() {
    for (Item item : items.values()) {
      item.open = item.candidates.size() > 1;
      item.restartedAt = writes;
    }
  }

  /** What must be read of an id; null if it is absent or open. */
  String current(String id) {
    return item(id).current.content;
  }

  /** Whether an id ever had this content, before the restart. */
  boolean mayBeReplayed(String id, String content) {
    return item(id).restartedAt > 0 && (content == null || item(id).all.contains(content));
  }

  boolean isOpen(String id) {
    return item(id).open;
  }

  /** Whether an id may be there, or not. */
  boolean mayExist(String id, boolean exists) {
    Item item = item(id);
    return item.open
        ? item.candidates.stream().anyMatch(w -> (w.content != null) == exists)
        : (item.current.content != null) == exists;
  }

  /**
   * A read.
   *
   * @param content what was read; null if absent
   * @param sure whether the ground truth was asked, or could have been: then it settles what is
   *     open
   */
  void read(String id, String content, boolean sure) {
    Item item = item(id);
    if (!item.open) {
      require(id, item, equal(item.current.content, content), content);
      return;
    }
    List<Write> possible =
        item.candidates.stream()
            .filter(w -> w.born <= item.restartedAt && equal(w.content, content))
            .toList();
    require(id, item, !possible.isEmpty(), content);
    if (sure) {
      item.settle(possible.get(possible.size() - 1));
    }
  }

  private static boolean equal(String a, String b) {
    return a == null ? b == null : a.equals(b);
  }

  private static void require(String id, Item item, boolean holds, String read) {
    if (!holds) {
      throw new AssertionError(
          "read of "
              + id
              + " gave "
              + label(read)
              + "; must be "
              + (item.open
                  ? Arrays.toString(item.candidates.stream().map(w -> label(w.content)).toArray())
                  : label(item.current.content)));
    }
  }

  /** The part of a content that names its write. */
  static String label(String content) {
    if (content == null) {
      return "absent";
    }
    return content.isEmpty() ? "empty" : content.substring(0, content.indexOf(' ') + 1).trim();
  }
}
