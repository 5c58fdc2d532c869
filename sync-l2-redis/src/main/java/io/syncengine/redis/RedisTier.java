// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.ItemId;
import io.syncengine.model.TierException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The ground truth in Redis, 7.0 or later, standalone or by way of Sentinels, by Lettuce or Jedis:
 * items, change log, meta data and an index of ids, written together by one script a batch. It is
 * as durable as that Redis is: what it has answered may be lost with the machine unless it has
 * {@code appendfsync always}, and in a failover to a replica that had not got it yet.
 *
 * <p>Safe from any thread; several engines, in any number of processes, may work on one Redis. An
 * engine that opens a tier that another has open shares its connections; name, fail points and
 * clock are then those of the latest {@link #open}.
 *
 * @since 0.1
 */
// Concurrency: `lifecycle` guards opens and the writing of the two volatile fields; it is held over
// the I/O of the first open and the last close. Everything else reads the fields once a call.
public final class RedisTier implements Tier, ChangeLog, Scannable, TombstonePurge {
  /** What is open, and for whom: the latest to open it. */
  private record Opened(Store store, TierConfig by, boolean writable) {}

  private final ReentrantLock lifecycle = new ReentrantLock();
  private int opens;
  private volatile @Nullable Opened opened;
  private volatile String tierName = "L2";

  /** For the provider: Redis is where the configured URL says. */
  RedisTier() {}

  @Override
  public TierInfo open(TierConfig by) {
    boolean interrupted = Thread.interrupted();
    lifecycle.lock();
    try {
      Opened before = opened;
      if (before != null) {
        requireSame(before, by);
      }
      Opened now =
          before == null
              ? new Opened(connect(by), by, !by.readOnly())
              : new Opened(before.store, by, before.writable);
      TierInfo info = before == null ? now.store.info() : now.store.describe();
      opens++;
      opened = now;
      tierName = by.tierName();
      return info;
    } finally {
      lifecycle.unlock();
      again(interrupted);
    }
  }

  /** Clients forget an interrupt, or leave things open for one. Opening and closing are bounded. */
  private static void again(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Store connect(TierConfig by) {
    Failures failures = new Failures(by.tierName(), "Redis");
    try {
      RedisUrl url = RedisUrl.of(String.valueOf(by.url()));
      failures = new Failures(by.tierName(), url.toString());
      RedisDriver driver = RedisDriver.of(by.client());
      String trust = by.properties().get(TrustedCertificates.KEY);
      RedisConnections connections =
          driver.connect(
              new ConnectOptions(
                  url,
                  by.requestTimeout(),
                  by.engineName(),
                  trust == null ? null : TrustedCertificates.read(trust)));
      return Store.open(connections, driver.toString(), failures, by);
    } catch (IllegalArgumentException e) {
      throw failures.refused(String.valueOf(e.getMessage()));
    } catch (ConnectionException e) {
      throw failures.onConnect(e);
    }
  }

  private static void requireSame(Opened known, TierConfig by) {
    boolean same =
        known.by.namespace().equals(by.namespace())
            && known.by.versionMode() == by.versionMode()
            && Objects.equals(known.by.url(), by.url())
            && (known.writable || by.readOnly());
    if (!same) {
      throw new TierException(
          by.tierName(),
          "open",
          false,
          "another engine has this tier open with another URL, namespace or version mode, or"
              + " read-only; give each engine a tier of its own",
          null);
    }
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    requireSorted(batch);
    Opened at = requireWritable("apply");
    return at.store.apply(batch, at.by);
  }

  private static void requireSorted(List<Entry> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("batch is empty");
    }
    String previous = null;
    for (Entry entry : batch) {
      if (previous != null && ItemId.BYTE_ORDER.compare(previous, entry.id()) >= 0) {
        throw new IllegalArgumentException("batch has an id twice or is not sorted by id bytes");
      }
      previous = entry.id();
    }
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    Store store = requireOpen("load").store;
    return ids.isEmpty() ? new LoadResult(Map.of(), -1) : store.load(ids);
  }

  @Override
  public OptionalLong serverTimeMillis() {
    return OptionalLong.of(requireOpen("clock").store.serverTimeMillis());
  }

  @Override
  public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    requireLimit(limit);
    return requireOpen("scan").store.scan(range, after, limit);
  }

  @Override
  public ChangePage poll(long from, int limit) {
    if (from < 1 || limit < 0) {
      throw new IllegalArgumentException("from is below 1 or limit below 0");
    }
    return requireOpen("poll").store.poll(from, limit);
  }

  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    requireLimit(limit);
    Opened at = requireWritable("purge");
    return at.store.purge(acceptedBeforeMillis, limit, at.by);
  }

  @Override
  public long horizonMillis() {
    return requireOpen("horizon").store.horizonMillis();
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    lifecycle.lock();
    try {
      Opened last = opened;
      if (last != null && --opens == 0) {
        opened = null;
        last.store.close();
      }
    } finally {
      lifecycle.unlock();
      again(interrupted);
    }
  }

  private Opened requireOpen(String operation) {
    Opened at = opened;
    if (at == null) {
      throw Failures.closed(tierName, operation);
    }
    return at;
  }

  private Opened requireWritable(String operation) {
    Opened at = requireOpen(operation);
    if (!at.writable) {
      throw new TierException(
          tierName, operation, false, "the tier is open for reading only", null);
    }
    return at;
  }

  private static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; 1 or more is needed");
    }
  }
}
