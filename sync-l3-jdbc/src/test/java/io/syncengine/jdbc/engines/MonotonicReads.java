// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import io.syncengine.SyncEngine;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The reads of one process: none may show less of an id than the process had been shown, or was
 * acknowledged, before it began.
 */
final class MonotonicReads {
  private static final int MANY = 16;

  private final SyncEngine engine;
  private final Consumer<String> onFailure;
  private final Map<String, Revision> shown = new ConcurrentHashMap<>();
  private final LongAdder count = new LongAdder();

  MonotonicReads(SyncEngine engine, Consumer<String> onFailure) {
    this.engine = engine;
    this.onFailure = onFailure;
  }

  /** A write was acknowledged. */
  void wrote(Receipt receipt) {
    raise(receipt.id(), receipt.revision());
  }

  /** Reads one id or some, in one of the ways that there are. */
  void next(Random random) {
    switch (random.nextInt(4)) {
      case 0 -> get(id(random));
      case 1 -> getAll(random.ints(MANY, 0, WritingEngine.IDS.size()).distinct().toArray());
      case 2 -> read(id(random));
      default -> read(id(random), ReadOption.SKIP_L1);
    }
  }

  private static String id(Random random) {
    return WritingEngine.IDS.get(random.nextInt(WritingEngine.IDS.size()));
  }

  /** Reads all ids; returns what there is of each, deletes included. */
  Map<String, Revision> all() {
    Map<String, Revision> all = new TreeMap<>();
    for (String id : WritingEngine.IDS) {
      read(id).ifPresent(revision -> all.put(id, revision));
    }
    return all;
  }

  long count() {
    return count.sum();
  }

  private Optional<Revision> read(String id, ReadOption... options) {
    Revision least = shown.get(id);
    ReadResult read = engine.read(id, options);
    if (read.source() == Source.FILTER) {
      return absent(id, least);
    }
    read.item().ifPresent(item -> requireOwnContent(id, item));
    expect(id, least, read.revision().orElse(null));
    return read.revision();
  }

  private void get(String id) {
    Revision least = shown.get(id);
    answered(id, least, engine.get(id).orElse(null));
  }

  private void getAll(int[] numbers) {
    Map<String, Revision> least = new HashMap<>();
    List<String> ids = Arrays.stream(numbers).mapToObj(WritingEngine.IDS::get).toList();
    for (String id : ids) {
      least.put(id, shown.get(id));
    }
    Map<String, SyncItem> found = engine.getAll(ids);
    ids.forEach(id -> answered(id, least.get(id), found.get(id)));
  }

  private void answered(String id, Revision least, SyncItem item) {
    if (item != null) {
      requireOwnContent(id, item);
      expect(id, least, item.revision());
    } else if (least != null) {
      absent(id, least);
    }
  }

  /**
   * By a delete, of which the database knows the revision, or that of what came after it; the
   * filter does not.
   */
  private Optional<Revision> absent(String id, Revision least) {
    Optional<Revision> later = engine.read(id, ReadOption.VERIFY).revision();
    expect(id, least, later.orElse(null));
    if (least != null && !least.tombstone() && later.equals(Optional.of(least))) {
      onFailure.accept(id + " was absent, and is there again as it was: " + least);
    }
    return later;
  }

  private void requireOwnContent(String id, SyncItem item) {
    if (!item.id().equals(id) || !item.contentAsString().endsWith(' ' + id)) {
      onFailure.accept(id + " was read as " + item.id() + ": " + item.contentAsString());
    }
  }

  private void expect(String id, Revision least, Revision read) {
    count.increment();
    if (least != null && (read == null || least.isAbove(read))) {
      onFailure.accept(id + " went back from " + least + " to " + read);
    } else if (read != null) {
      raise(id, read);
    }
  }

  private void raise(String id, Revision revision) {
    shown.merge(id, revision, (a, b) -> a.isAbove(b) ? a : b);
  }
}
