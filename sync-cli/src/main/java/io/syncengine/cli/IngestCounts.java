// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What an ingest has done so far. Counted by any thread; each figure is exact. */
final class IngestCounts implements Account {
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong added = new AtomicLong();
  private final AtomicLong changed = new AtomicLong();
  private final AtomicLong unchanged = new AtomicLong();
  private final AtomicLong deleted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  IngestCounts() {}

  void line() {
    lines.incrementAndGet();
  }

  void unchangedItem() {
    unchanged.incrementAndGet();
  }

  void refusedLine() {
    refused.incrementAndGet();
  }

  /** An acknowledged write. */
  void acknowledged(Sink.Kind kind) {
    switch (kind) {
      case ADD -> added.incrementAndGet();
      case CHANGE -> changed.incrementAndGet();
      case DELETE -> deleted.incrementAndGet();
    }
  }

  long lines() {
    return lines.get();
  }

  long added() {
    return added.get();
  }

  long changed() {
    return changed.get();
  }

  long unchanged() {
    return unchanged.get();
  }

  long deleted() {
    return deleted.get();
  }

  long refused() {
    return refused.get();
  }

  @Override
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("lines", lines());
    facts.put("added", added());
    facts.put("changed", changed());
    facts.put("unchanged", unchanged());
    facts.put("deleted", deleted());
    facts.put("refused", refused());
    return facts;
  }

  @Override
  public String text() {
    return Facts.count(lines())
        + (lines() == 1 ? " line: " : " lines: ")
        + Facts.count(added())
        + " added, "
        + Facts.count(changed())
        + " changed, "
        + Facts.count(unchanged())
        + " unchanged, "
        + Facts.count(deleted())
        + " deleted, "
        + Facts.count(refused())
        + " refused";
  }
}
