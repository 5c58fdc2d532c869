// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.TierException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.Entry;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.SharedOpening;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierArguments;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TierRole;
import io.syncengine.spi.TombstonePurge;
import io.syncengine.spi.Wake;
import java.net.PasswordAuthentication;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Redis, 7.0 or later, by Lettuce or Jedis, as what {@link TierConfig#role()} asks for.
 *
 * <p>As the ground truth, standalone or by way of Sentinels: items, change log, meta data and an
 * index of ids, written together by one script a batch. It is as durable as that Redis is: what it
 * has answered may be lost with the machine unless it has {@code appendfsync always}, and in a
 * failover to a replica that had not got it yet.
 *
 * <p>As a {@link Cache}: whatever it drops, by {@code maxmemory} or otherwise, or loses in a
 * restart or failover, it never goes back. It keeps things for {@link TierConfig#timeToLive()}.
 *
 * <p>Methods of the other role throw {@link UnsupportedOperationException}.
 *
 * <p>Safe from any thread; several engines, in any number of processes, may work on one Redis. An
 * engine that opens a tier that another has open shares its connections; name, fail points and
 * clock are then those of the latest {@link #open}.
 *
 * @since 0.1
 */
public final class RedisTier
    implements Tier,
        Cache,
        ChangeLog,
        ChangeRetention,
        Headers,
        Restore,
        Scannable,
        TombstonePurge,
        Wake {
  private final SharedOpening<RedisStore> opening = new SharedOpening<>("L2", RedisStore::close);

  private final Function<TierConfig, RedisTarget> targets;

  /** For the provider: Redis is where the configured URL says. */
  RedisTier() {
    this.targets = by -> target(RedisUrl.of(String.valueOf(by.url())), null, by);
  }

  /** Over what an application has. */
  RedisTier(RedisTarget target) {
    this.targets = by -> target;
  }

  private RedisTier(RedisUrl url, Supplier<PasswordAuthentication> credentials) {
    this.targets = by -> target(url, credentials, by);
  }

  private static RedisTarget target(
      RedisUrl url, @Nullable Supplier<PasswordAuthentication> credentials, TierConfig by) {
    return new UrlTarget(url, RedisDriver.of(by.client()), credentials);
  }

  /**
   * A tier whose user and password may change, or are not to stand in a configuration. For what an
   * application has connected itself there are {@link LettuceTier} and {@link JedisTier}.
   *
   * @param url as {@code redis_url} takes it, without user and password
   * @param credentials asked at each connect, on the thread that connects and within the request
   *     time-out; a user that is null or empty is the default user
   * @return a tier, not open yet
   * @throws IllegalArgumentException if the URL cannot be used; the message has nothing of it
   */
  public static RedisTier at(String url, Supplier<PasswordAuthentication> credentials) {
    RedisUrl where = RedisUrl.of(url);
    if (where.user() != null || where.password() != null) {
      throw new IllegalArgumentException(
          "the URL has a user or password; leave that to the supplier");
    }
    return new RedisTier(where, Objects.requireNonNull(credentials, "credentials"));
  }

  @Override
  public TierInfo open(TierConfig by) {
    boolean interrupted = Thread.interrupted();
    try {
      return opening.open(by, this::connect, store -> describe(store, by));
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

  private static TierInfo describe(RedisStore store, TierConfig by) {
    if (store instanceof CacheStore != (by.role() == TierRole.CACHE)) {
      throw new TierException(
          by.tierName(),
          "open",
          false,
          "another engine has this tier open in another role; give each engine a tier of its own",
          null);
    }
    return store.describe();
  }

  private RedisStore connect(TierConfig by) {
    Failures failures = new Failures(by.tierName(), "Redis");
    try {
      RedisTarget target = targets.apply(by);
      failures = new Failures(by.tierName(), target.subject());
      boolean asCache = by.role() == TierRole.CACHE;
      RedisConnections connections =
          target.connect(by, asCache ? Greeting.MASTER : Greeting.ANYONE);
      return asCache
          ? CacheOpening.open(connections, target.library(), failures, by)
          : StoreOpening.open(connections, target.library(), failures, by);
    } catch (IllegalArgumentException e) {
      throw failures.refused(String.valueOf(e.getMessage()));
    } catch (ConnectionException e) {
      throw failures.onConnect(e);
    }
  }

  private static Store truth(RedisStore store) {
    if (store instanceof Store truth) {
      return truth;
    }
    throw new UnsupportedOperationException("this tier is open as a cache, by Cache alone");
  }

  private static CacheStore cache(RedisStore store) {
    if (store instanceof CacheStore cache) {
      return cache;
    }
    throw new UnsupportedOperationException(
        "this tier is open as the ground truth, not as a cache");
  }

  private Store truth(String operation) {
    return truth(opening.require(operation).store());
  }

  private CacheStore cache(String operation) {
    return cache(opening.require(operation).store());
  }

  private CacheStore writableCache(String operation) {
    return cache(opening.requireWritable(operation).store());
  }

  // --- the ground truth

  @Override
  public ApplyResult apply(List<Entry> batch) {
    TierArguments.requireBatch(batch);
    SharedOpening.Opened<RedisStore> at = opening.requireWritable("apply");
    return truth(at.store()).apply(batch, false, at.by());
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    Store store = truth("load");
    return ids.isEmpty() ? new LoadResult(Map.of(), -1) : store.load(ids);
  }

  @Override
  public OptionalLong serverTimeMillis() {
    return opening.require("clock").store() instanceof Store truth
        ? OptionalLong.of(truth.serverTimeMillis())
        : OptionalLong.empty();
  }

  @Override
  public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    TierArguments.requireLimit(limit);
    return truth("scan").scan(range, after, limit);
  }

  @Override
  public HeaderPage headers(IdRange range, @Nullable String after, int limit) {
    TierArguments.requireLimit(limit);
    return truth("headers").headers(range, after, limit);
  }

  @Override
  public ApplyResult restore(List<Entry> batch) {
    TierArguments.requireBatch(batch);
    SharedOpening.Opened<RedisStore> at = opening.requireWritable("restore");
    return truth(at.store()).apply(batch, true, at.by());
  }

  @Override
  public void register(String reader, long sequence) {
    TierArguments.requireReader(reader, sequence);
    truth(opening.requireWritable("register").store()).reader(reader, sequence);
  }

  @Override
  public void unregister(String reader) {
    truth(opening.requireWritable("unregister").store()).reader(reader, null);
  }

  @Override
  public int trim(long committedBeforeMillis, long boundMillis, int limit) {
    TierArguments.requireTrim(committedBeforeMillis, boundMillis, limit);
    return truth(opening.requireWritable("trim").store())
        .trim(committedBeforeMillis, boundMillis, limit);
  }

  @Override
  public ChangePage poll(long from, int limit) {
    TierArguments.requirePage(from, limit);
    return truth("poll").poll(from, limit);
  }

  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    TierArguments.requireLimit(limit);
    SharedOpening.Opened<RedisStore> at = opening.requireWritable("purge");
    return truth(at.store()).purge(acceptedBeforeMillis, limit, at.by());
  }

  @Override
  public long horizonMillis() {
    return truth("horizon").horizonMillis();
  }

  // --- the cache

  @Override
  public Optional<CacheState> state(CacheSpace space) {
    return cache("state").state(space);
  }

  @Override
  public boolean begin(CacheSpace space, long base, long baseTag) {
    return writableCache("begin").begin(space, base, baseTag);
  }

  @Override
  public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
    return cache("get").get(space, ids);
  }

  @Override
  public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
    return writableCache("put").put(space, writes, head);
  }

  @Override
  public boolean move(CacheSpace space, String origin, long from, long to) {
    return writableCache("move").move(space, origin, from, to);
  }

  @Override
  public boolean advance(CacheSpace space, long from, long to, long tag) {
    return writableCache("advance").advance(space, from, to, tag);
  }

  @Override
  public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
    TierArguments.requireLimit(limit);
    return cache("scan").scan(space, cursor, limit);
  }

  @Override
  public void remove(CacheSpace space, Collection<String> ids) {
    writableCache("remove").remove(space, ids);
  }

  @Override
  public void wake(String databaseId, String origin) {
    cache("wake").channels().wake(databaseId, origin);
  }

  @Override
  public Listening listen(String databaseId, Consumer<String> listener) {
    return cache("listen").channels().listen(databaseId, listener);
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
