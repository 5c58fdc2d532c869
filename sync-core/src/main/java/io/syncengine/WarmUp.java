// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.SyncEngineException;
import io.syncengine.model.SyncItem;
import io.syncengine.read.Subtree;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Scannable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads items into memory when an engine starts, behind its state RUNNING: those of named subtrees,
 * or those that were changed last. So many at most, no more than memory keeps, and only as long as
 * tiers answer. {@code stopped} is set by who closes the engine.
 */
final class WarmUp {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final int PART = 500;
  private static final int ROWS = 64;

  private final Parts parts;
  private volatile boolean stopped;

  WarmUp(Parts parts) {
    this.parts = parts;
  }

  /** Begins, if the configuration asks for it. */
  void begin(Executor executor) {
    if (parts.config().warmUpItems() == 0) {
      return;
    }
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "the engine has ended before it was warm", e);
    }
  }

  void stop() {
    stopped = true;
  }

  private void run() {
    try {
      long read = parts.config().warmUpPrefixes().isEmpty() ? newest() : prefixes();
      LOG.log(System.Logger.Level.INFO, read + " items were read into memory");
    } catch (SyncEngineException | IllegalStateException e) {
      LOG.log(System.Logger.Level.WARNING, "memory was not warmed up to the end", e);
    }
  }

  private long prefixes() {
    long read = 0;
    Set<String> seen = new HashSet<>();
    List<String> ids = new ArrayList<>();
    if (!parts.truth.has(Scannable.class)) {
      return read;
    }
    for (String prefix : parts.config().warmUpPrefixes()) {
      Iterator<SyncItem> items = parts.scans.scan(Subtree.of(prefix)).iterator();
      while (wanted(read + ids.size()) && items.hasNext()) {
        String id = items.next().id();
        if (seen.add(id)) {
          ids.add(id);
        }
        if (ids.size() == PART) {
          read += read(ids);
        }
      }
    }
    return read + read(ids);
  }

  /** What the newest rows of the change log changed, newest first. */
  private long newest() {
    long read = 0;
    Set<String> seen = new HashSet<>();
    List<String> ids = new ArrayList<>();
    if (!parts.truth.has(ChangeLog.class)) {
      return read;
    }
    long to = parts.truth.poll(1, 0).head();
    while (to > 0 && wanted(read + ids.size())) {
      long from = Math.max(1, to - ROWS + 1);
      List<ChangeRow> rows = parts.truth.poll(from, (int) (to - from + 1)).rows();
      if (rows.isEmpty()) {
        break;
      }
      for (int i = rows.size() - 1; i >= 0; i--) {
        for (Change change : rows.get(i).changes()) {
          if (wanted(read + ids.size())
              && !change.revision().tombstone()
              && seen.add(change.id())) {
            ids.add(change.id());
          }
          if (ids.size() == PART) {
            read += read(ids);
          }
        }
      }
      to = from - 1;
    }
    return read + read(ids);
  }

  private boolean wanted(long already) {
    return !stopped
        && already < parts.config().warmUpItems()
        // What comes beyond would push out what came before.
        && parts.memory.evictions() == 0;
  }

  private int read(List<String> ids) {
    int found = stopped ? 0 : parts.reads.getAll(ids).size();
    ids.clear();
    return found;
  }
}
