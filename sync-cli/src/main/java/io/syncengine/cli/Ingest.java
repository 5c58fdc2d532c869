// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.SyncItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings NDJSON into an engine. Lines are read in chunks; what is stored of a chunk's ids is read
 * with one call, and content that is stored already is not written again. For one thread.
 */
final class Ingest {
  private static final int CHUNK_LINES = 512;
  private static final long CHUNK_BYTES = 8L << 20;

  private final SyncEngine engine;
  private final Sink sink;
  private final IngestCounts counts;
  private final RefusedLines refusals;
  private final @Nullable Mirror mirror;

  /**
   * Makes an ingest.
   *
   * @param engine where stored content is read
   * @param sink where writes go
   * @param counts counts what is done
   * @param refusals is told of refused lines
   * @param mirror what to delete at the end; null for nothing
   */
  Ingest(
      SyncEngine engine,
      Sink sink,
      IngestCounts counts,
      RefusedLines refusals,
      @Nullable Mirror mirror) {
    this.engine = engine;
    this.sink = sink;
    this.counts = counts;
    this.refusals = refusals;
    this.mirror = mirror;
  }

  /** Reads everything; returns when every write has its outcome. */
  void run(NdjsonReader reader) {
    List<ItemLine> chunk = new ArrayList<>();
    long bytes = 0;
    for (ItemLine line = reader.next(); line != null; line = reader.next()) {
      counts.line();
      String refusal = line.refusal();
      if (refusal != null) {
        refusals.refused(line.number(), null, refusal);
        continue;
      }
      chunk.add(line);
      bytes += line.content().length;
      if (chunk.size() == CHUNK_LINES || bytes >= CHUNK_BYTES) {
        take(chunk);
        chunk.clear();
        bytes = 0;
      }
    }
    take(chunk);
    sink.await();
    if (mirror != null) {
      mirror.finish(engine, sink, counts);
    }
  }

  private void take(List<ItemLine> chunk) {
    Map<String, SyncItem> known = known(chunk);
    for (ItemLine line : chunk) {
      SyncItem item = SyncItem.builder(line.id()).ownedContent(line.content()).build();
      SyncItem before = known.put(line.id(), item);
      if (mirror != null) {
        mirror.seen(line.id(), before != null);
      }
      if (before != null && before.contentBuffer().equals(item.contentBuffer())) {
        counts.unchangedItem();
      } else {
        Sink.Kind kind = before == null ? Sink.Kind.ADD : Sink.Kind.CHANGE;
        sink.send(new Sink.Write(line.number(), line.id(), item, kind));
      }
    }
  }

  /** What is stored of these ids, or will be by a write in flight. */
  private Map<String, SyncItem> known(List<ItemLine> chunk) {
    Map<String, SyncItem> known = new HashMap<>();
    Set<String> asked = new LinkedHashSet<>();
    for (ItemLine line : chunk) {
      SyncItem underway = sink.underway(line.id());
      if (underway != null) {
        known.put(line.id(), underway);
      } else {
        asked.add(line.id());
      }
    }
    if (!asked.isEmpty()) {
      known.putAll(engine.getAll(asked));
    }
    return known;
  }

  /** Deletes what is stored under a prefix and not in the input. For one thread. */
  static final class Mirror {
    private final String prefix;
    private final boolean confirmed;
    private final Set<String> ids = new HashSet<>();
    private long kept;

    /**
     * Makes a mirror.
     *
     * @param prefix the dotted subtree
     * @param confirmed whether more than half of it may go
     */
    Mirror(String prefix, boolean confirmed) {
      this.prefix = prefix;
      this.confirmed = confirmed;
    }

    private void seen(String id, boolean stored) {
      if (Subtree.holds(prefix, id) && ids.add(id) && stored) {
        kept++;
      }
    }

    private void finish(SyncEngine engine, Sink sink, IngestCounts counts) {
      if (counts.refused() > 0) {
        return; // what a refused line would have kept must not be deleted
      }
      List<String> gone = new ArrayList<>();
      try (Stream<SyncItem> stored = engine.scan(prefix)) {
        stored.map(SyncItem::id).filter(id -> !ids.contains(id)).forEachOrdered(gone::add);
      }
      if (gone.size() > kept && !confirmed) {
        throw new CommandException(
            ExitCodes.USAGE,
            "Unconfirmed",
            "the input lacks "
                + Facts.count(gone.size())
                + " of the "
                + Facts.count(gone.size() + kept)
                + " items that were stored under the prefix; none was deleted",
            "give --yes to delete them");
      }
      gone.forEach(id -> sink.send(new Sink.Write(0, id, null, Sink.Kind.DELETE)));
      sink.await();
    }
  }
}
