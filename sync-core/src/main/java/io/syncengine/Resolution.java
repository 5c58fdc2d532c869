// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.ProviderResolutionException;
import io.syncengine.model.Source;
import io.syncengine.spi.BatcherProvider;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.Codec;
import io.syncengine.spi.CodecProvider;
import io.syncengine.spi.ExistenceFilterProvider;
import io.syncengine.spi.Headers;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.MemoryTierProvider;
import io.syncengine.spi.MergeStrategy;
import io.syncengine.spi.MergeStrategyProvider;
import io.syncengine.spi.Provider;
import io.syncengine.spi.Telemetry;
import io.syncengine.spi.TelemetryProvider;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierProvider;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.spi.WriteAheadLogProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which implementation of each role a configuration asks for; makes them, opens nothing. */
final class Resolution {
  private final SyncEngineConfig config;
  private final List<TierProvider> tiers =
      Providers.all(TierProvider.class, ServiceLoader.load(TierProvider.class));
  private final List<WriteAheadLogProvider> logs =
      Providers.all(WriteAheadLogProvider.class, ServiceLoader.load(WriteAheadLogProvider.class));
  private final List<MemoryTierProvider> memoryTiers =
      Providers.all(MemoryTierProvider.class, ServiceLoader.load(MemoryTierProvider.class));
  private final List<ExistenceFilterProvider> filters =
      Providers.all(
          ExistenceFilterProvider.class, ServiceLoader.load(ExistenceFilterProvider.class));
  private final List<BatcherProvider> batchers =
      Providers.all(BatcherProvider.class, ServiceLoader.load(BatcherProvider.class));

  Resolution(SyncEngineConfig config) {
    this.config = config;
    requireKnownKeys();
  }

  /**
   * The ground truth.
   *
   * @param tier the tier, not open
   * @param providerName whose options it takes; empty if the application gave it
   * @param url its URL; null if the application gave it or it has none
   * @param source what it is called in results
   * @param own whether it is this engine's memory, since nothing lower is configured
   */
  record Truth(Tier tier, String providerName, @Nullable String url, Source source, boolean own) {}

  /** The write-ahead log, if there is to be one. */
  Optional<WriteAheadLog> log() {
    Optional<WriteAheadLog> given = config.object(WriteAheadLog.class);
    return given.isPresent() ? given : config.walPath().map(path -> createLog());
  }

  private WriteAheadLog createLog() {
    String artifact = "add the artifact io.syncengine:sync-wal-sqlite";
    return Providers.choose(WriteAheadLogProvider.class, logs, config.walProvider(), artifact)
        .orElseThrow(
            () ->
                new ProviderResolutionException(
                    "wal_path is set, but there is no write-ahead log; " + artifact, null))
        .create();
  }

  /** The deepest tier that is configured. */
  Truth truth() {
    Optional<Tier> given = config.object(Tier.class);
    if (given.isPresent()) {
      return new Truth(given.get(), "", null, Source.L3, false);
    }
    Optional<GivenL2> second = config.object(GivenL2.class);
    if (config.sqlUrl().isEmpty() && second.isPresent()) {
      return new Truth(second.get().tier(), "", null, Source.L2, false);
    }
    Optional<String> url = config.sqlUrl().or(config::redisUrl);
    if (url.isEmpty()) {
      return new Truth(new InMemoryTier(), "memory", null, Source.L1, true);
    }
    boolean sql = config.sqlUrl().isPresent();
    TierProvider provider =
        Providers.forUrl(tiers, url.get(), sql ? config.l3Provider() : config.l2Provider());
    Source source = sql ? Source.L3 : Source.L2;
    return new Truth(provider.create(), provider.name(), url.get(), source, false);
  }

  /**
   * A cache before the ground truth.
   *
   * @param tier the tier, not open
   * @param providerName whose options it takes; empty if the application gave it
   * @param url its URL; null if the application gave it
   */
  record Second(Tier tier, String providerName, @Nullable String url) {}

  /** The second tier, if it is not the deepest. */
  Optional<Second> cache(Truth truth) {
    if (truth.source != Source.L3) {
      return Optional.empty();
    }
    Optional<Second> second =
        config
            .object(GivenL2.class)
            .map(given -> new Second(given.tier(), "", null))
            .or(() -> config.redisUrl().map(url -> at(url, config.l2Provider())));
    second.ifPresent(s -> requireCache(s.tier, truth.tier));
    return second;
  }

  /** A database beside the ground truth. */
  Second at(String sqlUrl) {
    if (sqlUrl.indexOf(':') < 1) {
      throw new IllegalArgumentException("the other database's URL has no scheme, as sqlite:");
    }
    return at(sqlUrl, config.l3Provider());
  }

  private Second at(String url, Optional<String> providerName) {
    TierProvider provider = Providers.forUrl(tiers, url, providerName);
    return new Second(provider.create(), provider.name(), url);
  }

  private static void requireCache(Tier second, Tier truth) {
    if (second.capability(Cache.class).isEmpty()) {
      throw new IllegalArgumentException("the second tier cannot be a cache before a third");
    }
    if (truth.capability(ChangeLog.class).isEmpty()
        || truth.capability(CacheGenerations.class).isEmpty()) {
      throw new IllegalArgumentException(
          "the third tier cannot have a cache before it: it does not offer ChangeLog and"
              + " CacheGenerations; leave the second out");
    }
  }

  /** The memory tier's provider. */
  MemoryTierProvider memoryTier() {
    return config
        .object(MemoryTierProvider.class)
        .or(
            () ->
                Providers.choose(
                    MemoryTierProvider.class,
                    memoryTiers,
                    config.l1Provider(),
                    "check l1_provider"))
        .orElseThrow();
  }

  /** The batcher's provider. */
  BatcherProvider batcher() {
    return config
        .object(BatcherProvider.class)
        .or(
            () ->
                Providers.choose(
                    BatcherProvider.class, batchers, Optional.empty(), "sync-core brings one"))
        .orElseThrow();
  }

  /** What makes filters over the ids of the ground truth; empty if there is to be none. */
  Optional<ExistenceFilterProvider> filter(Truth truth) {
    if (!config.existenceFilter()
        || truth.own
        || truth.tier.capability(ChangeLog.class).isEmpty()
        || truth.tier.capability(Headers.class).isEmpty()) {
      return Optional.empty();
    }
    return config
        .object(ExistenceFilterProvider.class)
        .or(
            () ->
                Providers.choose(
                    ExistenceFilterProvider.class,
                    filters,
                    Optional.empty(),
                    "sync-core brings one"));
  }

  /** The codec for writing. */
  Codec codec() {
    return config.object(Codec.class).orElse(Codec.IDENTITY);
  }

  /** Every codec at hand, for reading. */
  List<Codec> codecs() {
    List<Codec> all = new ArrayList<>();
    all.add(codec());
    Providers.all(CodecProvider.class, ServiceLoader.load(CodecProvider.class))
        .forEach(p -> all.add(p.create()));
    return all;
  }

  /** How conflicting writes are joined. */
  MergeStrategy mergeStrategy() {
    return config
        .object(MergeStrategy.class)
        .or(
            () ->
                Providers.choose(
                        MergeStrategyProvider.class,
                        Providers.all(
                            MergeStrategyProvider.class,
                            ServiceLoader.load(MergeStrategyProvider.class)),
                        Optional.empty(),
                        "")
                    .map(MergeStrategyProvider::create))
        .orElse(MergeStrategy.LAST_WRITER_WINS);
  }

  /** Everything at hand that wants to be told of calls. */
  Telemetry telemetry() {
    List<Telemetry> all = new ArrayList<>();
    config.object(Telemetry.class).ifPresent(all::add);
    Providers.all(TelemetryProvider.class, ServiceLoader.load(TelemetryProvider.class))
        .forEach(p -> all.add(p.create(config.name())));
    return switch (all.size()) {
      case 0 -> Telemetry.NOOP;
      case 1 -> all.get(0);
      default ->
          (tier, operation, nanos, failure) ->
              all.forEach(t -> t.called(tier, operation, nanos, failure));
    };
  }

  private void requireKnownKeys() {
    Map<String, Set<String>> known = new HashMap<>();
    for (List<? extends Provider> role : List.of(tiers, logs, memoryTiers, filters, batchers)) {
      for (Provider p : role) {
        known.computeIfAbsent(p.name(), name -> new HashSet<>()).addAll(p.keys());
      }
    }
    for (String key : config.providerKeys()) {
      String provider = key.substring(0, key.indexOf('.'));
      String option = key.substring(provider.length() + 1);
      if (!known.containsKey(provider)) {
        throw new IllegalArgumentException(
            "unknown option " + key + "; there is no provider named " + provider);
      }
      if (!known.get(provider).contains(option)) {
        throw new IllegalArgumentException(
            "unknown option " + key + "; " + provider + " knows " + known.get(provider));
      }
    }
  }
}
