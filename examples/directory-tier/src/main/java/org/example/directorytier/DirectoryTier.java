// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A ground truth in a directory on a local disk: one file an item, written by any number of
 * processes, one at a time. It can be scanned. It keeps no change log, so that an instance does not
 * see what another one changes in an item that it has in memory: give a directory to one engine.
 * Its tombstones stay for ever.
 *
 * <p>What it does with files is in {@link Store}; here is what the engine asks of a tier.
 */
// Concurrency: `opens` is guarded by this; `opened` is replaced under it and read by any thread.
// Writers are serialised by the store's lock, readers take none.
public final class DirectoryTier implements Tier, Scannable {
  private static final String SCHEME = "dir:";

  private record Opened(TierConfig config, Store store) {}

  private interface Work<T> {
    T on(Opened now, Deadline deadline) throws IOException;
  }

  private final Path given;
  private int opens;
  private volatile Opened opened;

  /** For {@link DirectoryTierProvider}: the directory comes with the URL. */
  DirectoryTier() {
    this.given = null;
  }

  private DirectoryTier(Path directory) {
    this.given = directory;
  }

  /**
   * A tier for an application that sets up its engine by code.
   *
   * @param directory exists, or is made where its parent exists
   * @return a tier that is not open, for {@code SyncEngineConfig.Builder.l3}
   */
  public static DirectoryTier at(Path directory) {
    return new DirectoryTier(directory);
  }

  // region open
  @Override
  public synchronized TierInfo open(TierConfig config) {
    Opened opening = new Opened(config, new Store(directory(config), disk(config)));
    StoreInfo info =
        call("open", opening, (now, deadline) -> StoreInfo.open(now.store(), config, deadline));
    opened = opening;
    opens++;
    return new TierInfo(info.databaseId(), "directory of files");
  }

  @Override
  public synchronized void close() {
    if (opens > 0 && --opens == 0) {
      opened = null;
    }
  }

  // endregion

  private static Disk disk(TierConfig config) {
    return switch (config.properties().getOrDefault(DirectoryTierProvider.SYNC, "true")) {
      case "true" -> new Disk(true);
      case "false" -> new Disk(false);
      default -> throw refused(config, "open", "directory.sync is neither true nor false", null);
    };
  }

  private Path directory(TierConfig config) {
    if (given != null) {
      return given;
    }
    if (!config.url().startsWith(SCHEME)) {
      throw refused(config, "open", "the URL is none of a directory; use dir:PATH", null);
    }
    try {
      return Path.of(config.url().substring(SCHEME.length()));
    } catch (InvalidPathException e) {
      throw refused(config, "open", "the URL's path is no path on this system", e);
    }
  }

  // region apply
  @Override
  public ApplyResult apply(List<Entry> batch) {
    return call(
        "apply",
        (now, deadline) -> {
          requireWritable(now.config());
          Store store = now.store();
          FailPoints points = now.config().failPoints();
          List<ItemOutcome> outcomes = new ArrayList<>(batch.size());
          try (StoreWriter writer = StoreWriter.of(store, deadline)) {
            points.proceed(FailPoint.TIER_HEAD);
            writer.rollForward();
            boolean fenced = points.proceed(FailPoint.TIER_FENCE);
            for (Entry entry : batch) {
              deadline.check();
              ItemOutcome outcome = outcome(entry, store.read(entry.id()), fenced);
              if (outcome.kind() == ItemOutcome.Kind.APPLIED) {
                writer.stage(entry);
              }
              outcomes.add(outcome);
            }
            points.proceed(FailPoint.TIER_ROWS);
            points.proceed(FailPoint.TIER_COMMIT);
            writer.commit();
            points.proceed(FailPoint.TIER_COMMITTED);
            writer.rollForward();
          }
          return ApplyResult.withoutRow(outcomes);
        });
  }

  /** The fence: nothing goes back, and an entry with a base goes only over that. */
  private static ItemOutcome outcome(Entry entry, Entry current, boolean fenced) {
    Revision there = current == null ? null : current.revision();
    Before before = Before.of(there);
    if (!fenced) {
      return ItemOutcome.applied(before);
    }
    if (entry.revision().equals(there)) {
      return ItemOutcome.unchanged(before);
    }
    if (entry.base() != null && !entry.base().equals(there)) {
      return ItemOutcome.conflict(current);
    }
    return entry.revision().isAbove(there)
        ? ItemOutcome.applied(before)
        : ItemOutcome.stale(before);
  }

  // endregion

  // region load
  @Override
  public LoadResult load(Collection<String> ids) {
    return call(
        "load",
        (now, deadline) -> {
          Map<String, Entry> found = new HashMap<>();
          for (String id : ids) {
            deadline.check();
            Entry entry = now.store().read(id);
            if (entry != null) {
              found.put(id, entry);
            }
          }
          return new LoadResult(found, -1);
        });
  }

  // endregion

  @Override
  public List<Entry> scan(IdRange range, String after, int limit) {
    return call(
        "scan",
        (now, deadline) -> {
          TreeSet<String> ids = new TreeSet<>(ItemId.BYTE_ORDER);
          for (String id : now.store().ids(deadline)) {
            if (range.contains(id) && (after == null || ItemId.BYTE_ORDER.compare(id, after) > 0)) {
              ids.add(id);
            }
          }
          List<Entry> page = new ArrayList<>();
          while (page.size() < limit && !ids.isEmpty()) {
            deadline.check();
            Entry entry = now.store().read(ids.pollFirst());
            if (entry != null && !entry.tombstone()) {
              page.add(entry);
            }
          }
          return page;
        });
  }

  private static void requireWritable(TierConfig config) {
    if (config.readOnly()) {
      throw refused(config, "apply", "the tier is open for reading only", null);
    }
  }

  private <T> T call(String operation, Work<T> work) {
    Opened now = opened;
    if (now == null) {
      throw new TierUnavailableException("directory", operation, "the tier is not open", null);
    }
    return call(operation, now, work);
  }

  // region errors
  /** Every call: bounded in time, and what fails is told in the engine's terms. */
  private static <T> T call(String operation, Opened now, Work<T> work) {
    try {
      return work.on(now, new Deadline(now.config().requestTimeout()));
    } catch (StoreRefusal e) {
      throw refused(now.config(), operation, e.getMessage(), e);
    } catch (IOException e) {
      // The disk may be back soon. A batch may be applied again, whatever became of it.
      throw new TierUnavailableException(
          now.config().tierName(), operation, "the directory cannot be used now", e);
    }
  }

  private static TierException refused(
      TierConfig config, String operation, String message, Exception cause) {
    return new TierException(config.tierName(), operation, false, message, cause);
  }
  // endregion
}
