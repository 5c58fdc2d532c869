// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.SharedOpening;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierArguments;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
public final class RedisTier implements Tier, ChangeLog, Scannable, TombstonePurge {
  private final SharedOpening<Store> opening = new SharedOpening<>("L2", Store::close);

  /** For the provider: Redis is where the configured URL says. */
  RedisTier() {}

  @Override
  public TierInfo open(TierConfig by) {
    boolean interrupted = Thread.interrupted();
    try {
      return opening.open(by, RedisTier::connect, Store::describe);
    } finally {
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
                  trust == null ? null : TrustedCertificates.read(trust),
                  Greeting.ANYONE));
      return StoreOpening.open(connections, driver.toString(), failures, by);
    } catch (IllegalArgumentException e) {
      throw failures.refused(String.valueOf(e.getMessage()));
    } catch (ConnectionException e) {
      throw failures.onConnect(e);
    }
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    TierArguments.requireBatch(batch);
    SharedOpening.Opened<Store> at = opening.requireWritable("apply");
    return at.store().apply(batch, at.by());
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    Store store = opening.require("load").store();
    return ids.isEmpty() ? new LoadResult(Map.of(), -1) : store.load(ids);
  }

  @Override
  public OptionalLong serverTimeMillis() {
    return OptionalLong.of(opening.require("clock").store().serverTimeMillis());
  }

  @Override
  public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    TierArguments.requireLimit(limit);
    return opening.require("scan").store().scan(range, after, limit);
  }

  @Override
  public ChangePage poll(long from, int limit) {
    TierArguments.requirePage(from, limit);
    return opening.require("poll").store().poll(from, limit);
  }

  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    TierArguments.requireLimit(limit);
    SharedOpening.Opened<Store> at = opening.requireWritable("purge");
    return at.store().purge(acceptedBeforeMillis, limit, at.by());
  }

  @Override
  public long horizonMillis() {
    return opening.require("horizon").store().horizonMillis();
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      opening.close();
    } finally {
      again(interrupted);
    }
  }
}
