// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.RetryPolicy;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.BatcherProvider;
import io.syncengine.spi.Codec;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.MemoryTierProvider;
import io.syncengine.spi.MergeStrategy;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.Telemetry;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TimeSource;
import io.syncengine.spi.WriteAheadLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * How an engine is set up. Immutable. Options have a property name each, listed by {@link
 * #options()}; objects, such as a tier that the application made, are given to the builder alone.
 *
 * @since 0.1
 */
public final class SyncEngineConfig {
  private static final String ENVIRONMENT_PREFIX = "SYNC_";

  private final Map<ConfigOption<?>, Object> values;
  private final Map<String, String> providerProperties;
  private final Map<Class<?>, Object> objects;

  private SyncEngineConfig(Builder builder) {
    this.values = Map.copyOf(builder.values);
    this.providerProperties = Map.copyOf(builder.providerProperties);
    this.objects = Map.copyOf(builder.objects);
    check();
  }

  /**
   * Starts with all defaults.
   *
   * @return a builder, for one thread
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads properties.
   *
   * @param properties key to value
   * @return the configuration
   * @throws IllegalArgumentException for an unknown key or a bad value; the message names the key,
   *     the value and what is allowed
   */
  public static SyncEngineConfig fromProperties(Map<String, String> properties) {
    return builder().properties(properties).build();
  }

  /**
   * Reads environment variables: {@code SYNC_SQL_URL} is {@code sql_url}. Other variables are
   * ignored, also those with the prefix that no option has.
   *
   * @param environment name to value, as {@link System#getenv()}
   * @return the configuration
   * @throws IllegalArgumentException for a bad value
   */
  public static SyncEngineConfig fromEnvironment(Map<String, String> environment) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String key : ConfigOptions.table().keySet()) {
      String value = environment.get(ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT));
      if (value != null) {
        properties.put(key, value);
      }
    }
    return fromProperties(properties);
  }

  /**
   * The option table.
   *
   * @return a row for each option, in the table's order
   */
  public static List<OptionInfo> options() {
    List<OptionInfo> rows = new ArrayList<>();
    for (ConfigOption<?> o : ConfigOptions.table().values()) {
      String defaultText = o.defaultValue() == null ? "" : ConfigOptions.format(o.defaultValue());
      rows.add(new OptionInfo(o.key(), defaultText, o.allowed(), o.hot(), o.description()));
    }
    return rows;
  }

  /**
   * One row of the option table.
   *
   * @param key the property's name
   * @param defaultValue the default as text, empty for none
   * @param allowed what values are allowed
   * @param hot whether {@link SyncEngine#reconfigure} may change it
   * @param description what it does
   */
  public record OptionInfo(
      String key, String defaultValue, String allowed, boolean hot, String description) {}

  /**
   * A builder that starts with this configuration.
   *
   * @return a builder, for one thread
   */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.values.putAll(values);
    b.providerProperties.putAll(providerProperties);
    b.objects.putAll(objects);
    return b;
  }

  /**
   * Redis as L2.
   *
   * @return the value, if one was set; see {@link Builder#redisUrl}
   */
  public Optional<String> redisUrl() {
    return find(ConfigOptions.REDIS_URL);
  }

  /**
   * The ground truth's URL.
   *
   * @return the value, if one was set; see {@link Builder#sqlUrl}
   */
  public Optional<String> sqlUrl() {
    return find(ConfigOptions.SQL_URL);
  }

  /**
   * Memory for items, in bytes, clean and pending together.
   *
   * @return the value; see {@link Builder#l1MaxBytes}
   */
  public long l1MaxBytes() {
    return get(ConfigOptions.L1_MAX_BYTES);
  }

  /**
   * Flush when the oldest write has waited so long.
   *
   * @return the value; see {@link Builder#batchFlushInterval}
   */
  public Duration batchFlushInterval() {
    return get(ConfigOptions.BATCH_FLUSH_MS);
  }

  /**
   * Flush when so many writes wait.
   *
   * @return the value; see {@link Builder#batchFlushCount}
   */
  public int batchFlushCount() {
    return get(ConfigOptions.BATCH_FLUSH_COUNT);
  }

  /**
   * Flush when so many bytes wait.
   *
   * @return the value; see {@link Builder#batchFlushBytes}
   */
  public long batchFlushBytes() {
    return get(ConfigOptions.BATCH_FLUSH_BYTES);
  }

  /**
   * The write-ahead log's file.
   *
   * @return the value, if one was set; see {@link Builder#walPath}
   */
  public Optional<Path> walPath() {
    return find(ConfigOptions.WAL_PATH);
  }

  /**
   * Size of the log, in bytes, at which pressure is full.
   *
   * @return the value; see {@link Builder#walMaxBytes}
   */
  public long walMaxBytes() {
    return get(ConfigOptions.WAL_MAX_BYTES);
  }

  /**
   * Pressure at which WARN begins, above 0 and below 1.
   *
   * @return the value; see {@link Builder#backpressureWarn}
   */
  public double backpressureWarn() {
    return get(ConfigOptions.BACKPRESSURE_WARN);
  }

  /**
   * Pressure at which CRITICAL begins, above 0 and below 1.
   *
   * @return the value; see {@link Builder#backpressureCritical}
   */
  public double backpressureCritical() {
    return get(ConfigOptions.BACKPRESSURE_CRITICAL);
  }

  /**
   * How long a write waits at THROTTLE at most.
   *
   * @return the value; see {@link Builder#throttleMaxWait}
   */
  public Duration throttleMaxWait() {
    return get(ConfigOptions.THROTTLE_MAX_WAIT_MS);
  }

  /**
   * How long above the mark before SHUTDOWN.
   *
   * @return the value; see {@link Builder#shutdownAfter}
   */
  public Duration shutdownAfter() {
    return get(ConfigOptions.SHUTDOWN_AFTER_MS);
  }

  /**
   * {@code keep} or {@code close}: whether SHUTDOWN closes the engine.
   *
   * @return the value; see {@link Builder#pressureShutdown}
   */
  public String pressureShutdown() {
    return get(ConfigOptions.PRESSURE_SHUTDOWN);
  }

  /**
   * The engine's name, in names of threads and metrics.
   *
   * @return the value; see {@link Builder#name}
   */
  public String name() {
    return get(ConfigOptions.NAME);
  }

  /**
   * Prefix of tables and Redis keys.
   *
   * @return the value; see {@link Builder#namespace}
   */
  public String namespace() {
    return get(ConfigOptions.NAMESPACE);
  }

  /**
   * Names this instance.
   *
   * @return the value, if one was set; see {@link Builder#instanceId}
   */
  public Optional<String> instanceId() {
    return find(ConfigOptions.INSTANCE_ID);
  }

  /**
   * Whether to open without lock and without writing.
   *
   * @return the value; see {@link Builder#readOnly}
   */
  public boolean readOnly() {
    return get(ConfigOptions.READ_ONLY);
  }

  /**
   * Who gives versions to writes.
   *
   * @return the value; see {@link Builder#versionMode}
   */
  public VersionMode versionMode() {
    return get(ConfigOptions.VERSION_MODE);
  }

  /**
   * Skew between clocks that is not reported.
   *
   * @return the value; see {@link Builder#clockTolerance}
   */
  public Duration clockTolerance() {
    return get(ConfigOptions.CLOCK_TOLERANCE_MS);
  }

  /**
   * The largest content of an item, in bytes.
   *
   * @return the value; see {@link Builder#maxContentBytes}
   */
  public long maxContentBytes() {
    return get(ConfigOptions.MAX_CONTENT_BYTES);
  }

  /**
   * How long a write waits for its ack level.
   *
   * @return the value; see {@link Builder#ackTimeout}
   */
  public Duration ackTimeout() {
    return get(ConfigOptions.ACK_TIMEOUT_MS);
  }

  /**
   * How long close and flush drain.
   *
   * @return the value; see {@link Builder#closeTimeout}
   */
  public Duration closeTimeout() {
    return get(ConfigOptions.CLOSE_TIMEOUT_MS);
  }

  /**
   * How long one call to a tier may take.
   *
   * @return the value; see {@link Builder#tierTimeout}
   */
  public Duration tierTimeout() {
    return get(ConfigOptions.TIER_TIMEOUT_MS);
  }

  /**
   * How long one call to L2 as a cache may take.
   *
   * @return the value; see {@link Builder#l2Timeout}
   */
  public Duration l2Timeout() {
    return get(ConfigOptions.L2_TIMEOUT_MS);
  }

  /**
   * How long L2 as a cache keeps what was written.
   *
   * @return the value; see {@link Builder#l2Ttl}
   */
  public Duration l2Ttl() {
    return get(ConfigOptions.L2_TTL_MS);
  }

  /**
   * Changes that L2 as a cache may lack before it is emptied.
   *
   * @return the value; see {@link Builder#l2MaxLag}
   */
  public int l2MaxLag() {
    return get(ConfigOptions.L2_MAX_LAG);
  }

  /**
   * Memory for what waits to be put into L2 as a cache.
   *
   * @return the value; see {@link Builder#l2QueueBytes}
   */
  public long l2QueueBytes() {
    return get(ConfigOptions.L2_QUEUE_BYTES);
  }

  /**
   * How many items a start reads into memory.
   *
   * @return the value; see {@link Builder#warmUpItems}
   */
  public int warmUpItems() {
    return get(ConfigOptions.WARM_UP_ITEMS);
  }

  /**
   * Whose items a start reads into memory.
   *
   * @return prefixes; empty for what was changed last; see {@link Builder#warmUpPrefixes}
   */
  public List<String> warmUpPrefixes() {
    return find(ConfigOptions.WARM_UP_PREFIXES).map(p -> List.of(p.split(","))).orElse(List.of());
  }

  /**
   * Whether a filter over all ids of the ground truth answers for absent ones.
   *
   * @return the value; see {@link Builder#existenceFilter}
   */
  public boolean existenceFilter() {
    return get(ConfigOptions.EXISTENCE_FILTER);
  }

  /**
   * How often the filter is kept beside the log.
   *
   * @return the value; see {@link Builder#filterSnapshot}
   */
  public Duration filterSnapshot() {
    return get(ConfigOptions.FILTER_SNAPSHOT_MS);
  }

  /**
   * After how many changes the filter is kept earlier.
   *
   * @return the value; see {@link Builder#filterSnapshotChanges}
   */
  public int filterSnapshotChanges() {
    return get(ConfigOptions.FILTER_SNAPSHOT_CHANGES);
  }

  /**
   * First pause after a failed flush or reconnect.
   *
   * @return the value; see {@link Builder#retryMin}
   */
  public Duration retryMin() {
    return get(ConfigOptions.RETRY_MIN_MS);
  }

  /**
   * Longest pause after a failed flush or reconnect.
   *
   * @return the value; see {@link Builder#retryMax}
   */
  public Duration retryMax() {
    return get(ConfigOptions.RETRY_MAX_MS);
  }

  /**
   * How often a start without a log tries the ground truth.
   *
   * @return the value; see {@link Builder#startupTries}
   */
  public int startupTries() {
    return get(ConfigOptions.STARTUP_TRIES);
  }

  /**
   * How often a read tries a tier that fails with what may pass.
   *
   * @return the value; see {@link Builder#queryTries}
   */
  public int queryTries() {
    return get(ConfigOptions.QUERY_TRIES);
  }

  /**
   * How a start without a log tries the ground truth.
   *
   * @return the policy
   */
  public RetryPolicy startupRetry() {
    return RetryPolicy.startup().withTries(startupTries());
  }

  /**
   * How a read tries a tier.
   *
   * @return the policy
   */
  public RetryPolicy queryRetry() {
    return RetryPolicy.query().withTries(queryTries());
  }

  /**
   * How the engine's own threads try again: flushes, and joining a ground truth that was down.
   *
   * @return the policy
   */
  public RetryPolicy daemonRetry() {
    return new RetryPolicy(RetryPolicy.daemon().tries(), retryMin(), retryMax());
  }

  /**
   * Share of failed calls at which a tier's breaker opens.
   *
   * @return the value; see {@link Builder#breakerFailureRate}
   */
  public double breakerFailureRate() {
    return get(ConfigOptions.BREAKER_FAILURE_RATE);
  }

  /**
   * Share of slow calls at which a tier's breaker opens.
   *
   * @return the value; see {@link Builder#breakerSlowRate}
   */
  public double breakerSlowRate() {
    return get(ConfigOptions.BREAKER_SLOW_RATE);
  }

  /**
   * From when on a call to a tier is slow.
   *
   * @return the value; see {@link Builder#breakerSlow}
   */
  public Duration breakerSlow() {
    return get(ConfigOptions.BREAKER_SLOW_MS);
  }

  /**
   * How many of the last calls a tier's breaker looks at.
   *
   * @return the value; see {@link Builder#breakerWindow}
   */
  public int breakerWindow() {
    return get(ConfigOptions.BREAKER_WINDOW);
  }

  /**
   * How many calls there must be before the shares count.
   *
   * @return the value; see {@link Builder#breakerMinCalls}
   */
  public int breakerMinCalls() {
    return get(ConfigOptions.BREAKER_MIN_CALLS);
  }

  /**
   * How long an open breaker lets no call through.
   *
   * @return the value; see {@link Builder#breakerOpen}
   */
  public Duration breakerOpen() {
    return get(ConfigOptions.BREAKER_OPEN_MS);
  }

  /**
   * How many calls then try whether the tier is back.
   *
   * @return the value; see {@link Builder#breakerTrialCalls}
   */
  public int breakerTrialCalls() {
    return get(ConfigOptions.BREAKER_TRIAL_CALLS);
  }

  /**
   * How long an accepted write may wait for the ground truth before health tells of it.
   *
   * @return the value; see {@link Builder#pendingMaxAge}
   */
  public Duration pendingMaxAge() {
    return get(ConfigOptions.PENDING_MAX_AGE_MS);
  }

  /**
   * How often the change log is polled.
   *
   * @return the value; see {@link Builder#changePoll}
   */
  public Duration changePoll() {
    return get(ConfigOptions.CHANGE_POLL_MS);
  }

  /**
   * How old an answer from a cache may be.
   *
   * @return the value; see {@link Builder#stalenessBound}
   */
  public Duration stalenessBound() {
    return get(ConfigOptions.STALENESS_BOUND_MS);
  }

  /**
   * How long tombstones are kept.
   *
   * @return the value; see {@link Builder#tombstoneRetention}
   */
  public Duration tombstoneRetention() {
    return get(ConfigOptions.TOMBSTONE_RETENTION_MS);
  }

  /**
   * Chooses the memory tier by name.
   *
   * @return the value, if one was set; see {@link Builder#l1Provider}
   */
  public Optional<String> l1Provider() {
    return find(ConfigOptions.L1_PROVIDER);
  }

  /**
   * How long rows of the change log are kept.
   *
   * @return the value; see {@link Builder#changeRetention}
   */
  public Duration changeRetention() {
    return get(ConfigOptions.CHANGE_RETENTION_MS);
  }

  /**
   * How long rows of the change log are kept that a reader still needs.
   *
   * @return the value; see {@link Builder#changeRetentionMax}
   */
  public Duration changeRetentionMax() {
    return get(ConfigOptions.CHANGE_RETENTION_MAX_MS);
  }

  /**
   * The library that talks to Redis.
   *
   * @return the value, if one was set; see {@link Builder#redisClient}
   */
  public Optional<String> redisClient() {
    return find(ConfigOptions.REDIS_CLIENT);
  }

  /**
   * Chooses the second tier by name.
   *
   * @return the value, if one was set; see {@link Builder#l2Provider}
   */
  public Optional<String> l2Provider() {
    return find(ConfigOptions.L2_PROVIDER);
  }

  /**
   * Chooses the ground truth by name.
   *
   * @return the value, if one was set; see {@link Builder#l3Provider}
   */
  public Optional<String> l3Provider() {
    return find(ConfigOptions.L3_PROVIDER);
  }

  /**
   * Chooses the write-ahead log by name.
   *
   * @return the value, if one was set; see {@link Builder#walProvider}
   */
  public Optional<String> walProvider() {
    return find(ConfigOptions.WAL_PROVIDER);
  }

  /**
   * The options of one provider.
   *
   * @param provider the provider's name
   * @return those whose key begins with the name and a dot, without that prefix
   */
  public Map<String, String> providerProperties(String provider) {
    Map<String, String> own = new LinkedHashMap<>();
    providerProperties.forEach(
        (key, value) -> {
          if (key.startsWith(provider + ".")) {
            own.put(key.substring(provider.length() + 1), value);
          }
        });
    return own;
  }

  /** Leaves secrets out. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("SyncEngineConfig[");
    for (ConfigOption<?> o : ConfigOptions.table().values()) {
      if (values.containsKey(o)) {
        String value = o.secret() ? "(hidden)" : ConfigOptions.format(values.get(o));
        text.append(o.key()).append('=').append(value).append(' ');
      }
    }
    return text.toString().trim() + "]";
  }

  /** An object that the application gave. */
  <T> Optional<T> object(Class<T> type) {
    return Optional.ofNullable(objects.get(type)).map(type::cast);
  }

  Set<String> providerKeys() {
    return providerProperties.keySet();
  }

  /** The keys in which two configurations differ, of objects the name of their type. */
  Set<String> differences(SyncEngineConfig other, boolean hot) {
    Set<String> keys = new LinkedHashSet<>();
    for (ConfigOption<?> o : ConfigOptions.table().values()) {
      if (o.hot() == hot && !find(o).equals(other.find(o))) {
        keys.add(o.key());
      }
    }
    if (!hot && !providerProperties.equals(other.providerProperties)) {
      keys.add("<provider>.*");
    }
    if (!hot && !objects.equals(other.objects)) {
      keys.add("objects given to the builder");
    }
    return keys;
  }

  /** The value of an option that has a default. */
  private <T> T get(ConfigOption<T> option) {
    return find(option).orElseThrow();
  }

  private <T> Optional<T> find(ConfigOption<T> option) {
    return Optional.ofNullable(values.get(option))
        .map(option.type()::cast)
        .or(() -> Optional.ofNullable(option.defaultValue()));
  }

  private void check() {
    if (backpressureWarn() >= backpressureCritical()) {
      throw new IllegalArgumentException(
          "backpressure_warn is "
              + backpressureWarn()
              + " and backpressure_critical is "
              + backpressureCritical()
              + "; warn must be below critical");
    }
    if (retryMin().compareTo(retryMax()) > 0) {
      throw new IllegalArgumentException("retry_min_ms is above retry_max_ms");
    }
    if (breakerMinCalls() > breakerWindow()) {
      throw new IllegalArgumentException("breaker_min_calls is above breaker_window");
    }
    boolean log = walPath().isPresent() || objects.containsKey(WriteAheadLog.class);
    if (log && !hasLowerTier()) {
      throw new IllegalArgumentException(
          "wal_path is set, but there is no tier under the log; set sql_url or redis_url");
    }
  }

  /** Whether there is anything below memory. */
  boolean hasLowerTier() {
    return sqlUrl().isPresent() || redisUrl().isPresent() || objects.containsKey(Tier.class);
  }

  /** Collects options. For one thread. */
  public static final class Builder {
    private final Map<ConfigOption<?>, Object> values = new LinkedHashMap<>();
    private final Map<String, String> providerProperties = new LinkedHashMap<>();
    private final Map<Class<?>, Object> objects = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Redis as L2.
     *
     * @param value the value of {@code redis_url}: {@code scheme:…}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder redisUrl(String value) {
      return set(ConfigOptions.REDIS_URL, value);
    }

    /**
     * The ground truth's URL.
     *
     * @param value the value of {@code sql_url}: {@code scheme:…}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder sqlUrl(String value) {
      return set(ConfigOptions.SQL_URL, value);
    }

    /**
     * Memory for items, in bytes, clean and pending together.
     *
     * @param value the value of {@code l1_max_bytes}: {@code bytes, at least 65536}, by default
     *     {@code 268435456}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l1MaxBytes(long value) {
      return set(ConfigOptions.L1_MAX_BYTES, value);
    }

    /**
     * Flush when the oldest write has waited so long.
     *
     * @param value the value of {@code batch_flush_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     100} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder batchFlushInterval(Duration value) {
      return set(ConfigOptions.BATCH_FLUSH_MS, value);
    }

    /**
     * Flush when so many writes wait.
     *
     * @param value the value of {@code batch_flush_count}: {@code 1 to 100000}, by default {@code
     *     1000}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder batchFlushCount(int value) {
      return set(ConfigOptions.BATCH_FLUSH_COUNT, value);
    }

    /**
     * Flush when so many bytes wait.
     *
     * @param value the value of {@code batch_flush_bytes}: {@code bytes, at least 1}, by default
     *     {@code 1048576}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder batchFlushBytes(long value) {
      return set(ConfigOptions.BATCH_FLUSH_BYTES, value);
    }

    /**
     * The write-ahead log's file.
     *
     * @param value the value of {@code wal_path}: {@code a file path}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder walPath(Path value) {
      return set(ConfigOptions.WAL_PATH, value);
    }

    /**
     * Size of the log, in bytes, at which pressure is full.
     *
     * @param value the value of {@code wal_max_bytes}: {@code bytes, at least 1048576}, by default
     *     {@code 1073741824}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder walMaxBytes(long value) {
      return set(ConfigOptions.WAL_MAX_BYTES, value);
    }

    /**
     * Pressure at which WARN begins, above 0 and below 1.
     *
     * @param value the value of {@code backpressure_warn}: {@code above 0 and below 1}, by default
     *     {@code 0.7}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder backpressureWarn(double value) {
      return set(ConfigOptions.BACKPRESSURE_WARN, value);
    }

    /**
     * Pressure at which CRITICAL begins, above 0 and below 1.
     *
     * @param value the value of {@code backpressure_critical}: {@code above 0 and below 1}, by
     *     default {@code 0.9}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder backpressureCritical(double value) {
      return set(ConfigOptions.BACKPRESSURE_CRITICAL, value);
    }

    /**
     * How long a write waits at THROTTLE at most.
     *
     * @param value the value of {@code throttle_max_wait_ms}: {@code 0 ms to 3650 d}, by default
     *     {@code 250} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder throttleMaxWait(Duration value) {
      return set(ConfigOptions.THROTTLE_MAX_WAIT_MS, value);
    }

    /**
     * How long above the mark before SHUTDOWN.
     *
     * @param value the value of {@code shutdown_after_ms}: {@code 0 ms to 3650 d}, by default
     *     {@code 60000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder shutdownAfter(Duration value) {
      return set(ConfigOptions.SHUTDOWN_AFTER_MS, value);
    }

    /**
     * {@code keep} or {@code close}: whether SHUTDOWN closes the engine.
     *
     * @param value the value of {@code pressure_shutdown}: {@code keep|close}, by default {@code
     *     keep}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder pressureShutdown(String value) {
      return set(ConfigOptions.PRESSURE_SHUTDOWN, value);
    }

    /**
     * The engine's name, in names of threads and metrics.
     *
     * @param value the value of {@code name}: {@code [a-zA-Z0-9_.-]{1,64}}, by default {@code
     *     engine}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder name(String value) {
      return set(ConfigOptions.NAME, value);
    }

    /**
     * Prefix of tables and Redis keys.
     *
     * @param value the value of {@code namespace}: {@code [a-z0-9_]{0,32}}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder namespace(String value) {
      return set(ConfigOptions.NAMESPACE, value);
    }

    /**
     * Names this instance.
     *
     * @param value the value of {@code instance_id}: {@code [a-zA-Z0-9_.-]{1,64}}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder instanceId(String value) {
      return set(ConfigOptions.INSTANCE_ID, value);
    }

    /**
     * Whether to open without lock and without writing.
     *
     * @param value the value of {@code read_only}: {@code true or false}, by default {@code false}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder readOnly(boolean value) {
      return set(ConfigOptions.READ_ONLY, value);
    }

    /**
     * Who gives versions to writes.
     *
     * @param value the value of {@code version_mode}: {@code engine or caller}, by default {@code
     *     engine}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder versionMode(VersionMode value) {
      return set(ConfigOptions.VERSION_MODE, value);
    }

    /**
     * Skew between clocks that is not reported.
     *
     * @param value the value of {@code clock_tolerance_ms}: {@code 0 ms to 3650 d}, by default
     *     {@code 5000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder clockTolerance(Duration value) {
      return set(ConfigOptions.CLOCK_TOLERANCE_MS, value);
    }

    /**
     * The largest content of an item, in bytes.
     *
     * @param value the value of {@code max_content_bytes}: {@code bytes, at least 1}, by default
     *     {@code 16777216}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder maxContentBytes(long value) {
      return set(ConfigOptions.MAX_CONTENT_BYTES, value);
    }

    /**
     * How long a write waits for its ack level.
     *
     * @param value the value of {@code ack_timeout_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     5000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder ackTimeout(Duration value) {
      return set(ConfigOptions.ACK_TIMEOUT_MS, value);
    }

    /**
     * How long close and flush drain.
     *
     * @param value the value of {@code close_timeout_ms}: {@code 0 ms to 3650 d}, by default {@code
     *     10000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder closeTimeout(Duration value) {
      return set(ConfigOptions.CLOSE_TIMEOUT_MS, value);
    }

    /**
     * How long one call to a tier may take.
     *
     * @param value the value of {@code tier_timeout_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     5000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder tierTimeout(Duration value) {
      return set(ConfigOptions.TIER_TIMEOUT_MS, value);
    }

    /**
     * How long one call to L2 as a cache may take.
     *
     * @param value the value of {@code l2_timeout_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     1000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l2Timeout(Duration value) {
      return set(ConfigOptions.L2_TIMEOUT_MS, value);
    }

    /**
     * How long L2 as a cache keeps what was written.
     *
     * @param value the value of {@code l2_ttl_ms}: {@code 1000 ms to 3650 d}, by default {@code
     *     3600000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l2Ttl(Duration value) {
      return set(ConfigOptions.L2_TTL_MS, value);
    }

    /**
     * Changes that L2 as a cache may lack before it is emptied.
     *
     * @param value the value of {@code l2_max_lag}: {@code 1 to 10000000}, by default {@code
     *     100000}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l2MaxLag(int value) {
      return set(ConfigOptions.L2_MAX_LAG, value);
    }

    /**
     * Memory for what waits to be put into L2 as a cache.
     *
     * @param value the value of {@code l2_queue_bytes}: {@code bytes, at least 0}, by default
     *     {@code 33554432}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l2QueueBytes(long value) {
      return set(ConfigOptions.L2_QUEUE_BYTES, value);
    }

    /**
     * How many items a start reads into memory, behind the state RUNNING.
     *
     * @param value the value of {@code warm_up_items}: {@code 0 to 10000000}, by default {@code 0}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder warmUpItems(int value) {
      return set(ConfigOptions.WARM_UP_ITEMS, value);
    }

    /**
     * Whose items a start reads into memory, instead of what was changed last.
     *
     * @param value the value of {@code warm_up_prefixes}: {@code [^,]{1,512}(,[^,]{1,512})*}, none
     *     by default; subtrees, parted by commas
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder warmUpPrefixes(String value) {
      return set(ConfigOptions.WARM_UP_PREFIXES, value);
    }

    /**
     * Whether a filter over all ids of the ground truth answers for absent ones.
     *
     * @param value the value of {@code existence_filter}: {@code true or false}, by default {@code
     *     true}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder existenceFilter(boolean value) {
      return set(ConfigOptions.EXISTENCE_FILTER, value);
    }

    /**
     * How often the filter is kept beside the log.
     *
     * @param value the value of {@code filter_snapshot_ms}: {@code 1 ms to 3650 d}, by default
     *     {@code 60000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder filterSnapshot(Duration value) {
      return set(ConfigOptions.FILTER_SNAPSHOT_MS, value);
    }

    /**
     * After how many changes the filter is kept earlier.
     *
     * @param value the value of {@code filter_snapshot_changes}: {@code 1 to 2147483647}, by
     *     default {@code 100000}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder filterSnapshotChanges(int value) {
      return set(ConfigOptions.FILTER_SNAPSHOT_CHANGES, value);
    }

    /**
     * First pause after a failed flush or reconnect.
     *
     * @param value the value of {@code retry_min_ms}: {@code 1 ms to 3650 d}, by default {@code 50}
     *     ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder retryMin(Duration value) {
      return set(ConfigOptions.RETRY_MIN_MS, value);
    }

    /**
     * Longest pause after a failed flush or reconnect.
     *
     * @param value the value of {@code retry_max_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     5000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder retryMax(Duration value) {
      return set(ConfigOptions.RETRY_MAX_MS, value);
    }

    /**
     * How often a start without a log tries the ground truth.
     *
     * @param value the value of {@code startup_tries}: {@code 1 to 1000}, by default {@code 5}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder startupTries(int value) {
      return set(ConfigOptions.STARTUP_TRIES, value);
    }

    /**
     * How often a read tries a tier that fails with what may pass.
     *
     * @param value the value of {@code query_tries}: {@code 1 to 100}, by default {@code 3}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder queryTries(int value) {
      return set(ConfigOptions.QUERY_TRIES, value);
    }

    /**
     * Share of failed calls at which a tier's breaker opens.
     *
     * @param value the value of {@code breaker_failure_rate}: {@code above 0 and below 1}, by
     *     default {@code 0.5}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerFailureRate(double value) {
      return set(ConfigOptions.BREAKER_FAILURE_RATE, value);
    }

    /**
     * Share of slow calls at which a tier's breaker opens.
     *
     * @param value the value of {@code breaker_slow_rate}: {@code above 0 and below 1}, by default
     *     {@code 0.9}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerSlowRate(double value) {
      return set(ConfigOptions.BREAKER_SLOW_RATE, value);
    }

    /**
     * From when on a call to a tier is slow.
     *
     * @param value the value of {@code breaker_slow_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     2000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerSlow(Duration value) {
      return set(ConfigOptions.BREAKER_SLOW_MS, value);
    }

    /**
     * How many of the last calls a tier's breaker looks at.
     *
     * @param value the value of {@code breaker_window}: {@code 1 to 10000}, by default {@code 50}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerWindow(int value) {
      return set(ConfigOptions.BREAKER_WINDOW, value);
    }

    /**
     * How many calls there must be before the shares count.
     *
     * @param value the value of {@code breaker_min_calls}: {@code 1 to 10000}, by default {@code
     *     10}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerMinCalls(int value) {
      return set(ConfigOptions.BREAKER_MIN_CALLS, value);
    }

    /**
     * How long an open breaker lets no call through.
     *
     * @param value the value of {@code breaker_open_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     2000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerOpen(Duration value) {
      return set(ConfigOptions.BREAKER_OPEN_MS, value);
    }

    /**
     * How many calls then try whether the tier is back.
     *
     * @param value the value of {@code breaker_trial_calls}: {@code 1 to 1000}, by default {@code
     *     3}
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder breakerTrialCalls(int value) {
      return set(ConfigOptions.BREAKER_TRIAL_CALLS, value);
    }

    /**
     * How long an accepted write may wait for the ground truth before health tells of it.
     *
     * @param value the value of {@code pending_max_age_ms}: {@code 1 ms to 3650 d}, by default
     *     {@code 30000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder pendingMaxAge(Duration value) {
      return set(ConfigOptions.PENDING_MAX_AGE_MS, value);
    }

    /**
     * How often the change log is polled.
     *
     * @param value the value of {@code change_poll_ms}: {@code 1 ms to 3650 d}, by default {@code
     *     250} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder changePoll(Duration value) {
      return set(ConfigOptions.CHANGE_POLL_MS, value);
    }

    /**
     * How old an answer from a cache may be.
     *
     * @param value the value of {@code staleness_bound_ms}: {@code 1 ms to 3650 d}, by default
     *     {@code 1000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder stalenessBound(Duration value) {
      return set(ConfigOptions.STALENESS_BOUND_MS, value);
    }

    /**
     * How long tombstones are kept.
     *
     * @param value the value of {@code tombstone_retention_ms}: {@code 1 ms to 3650 d}, by default
     *     {@code 604800000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder tombstoneRetention(Duration value) {
      return set(ConfigOptions.TOMBSTONE_RETENTION_MS, value);
    }

    /**
     * Chooses the memory tier by name.
     *
     * @param value the value of {@code l1_provider}: {@code [a-z0-9-]{1,32}}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l1Provider(String value) {
      return set(ConfigOptions.L1_PROVIDER, value);
    }

    /**
     * How long rows of the change log are kept.
     *
     * @param value the value of {@code change_retention_ms}: {@code 1 ms to 3650 d}, by default
     *     {@code 86400000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder changeRetention(Duration value) {
      return set(ConfigOptions.CHANGE_RETENTION_MS, value);
    }

    /**
     * How long rows of the change log are kept that a reader still needs.
     *
     * @param value the value of {@code change_retention_max_ms}: {@code 1 ms to 3650 d}, by default
     *     {@code 604800000} ms
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder changeRetentionMax(Duration value) {
      return set(ConfigOptions.CHANGE_RETENTION_MAX_MS, value);
    }

    /**
     * The library that talks to Redis, Lettuce unless another is named; its artifact has to be on
     * the class path.
     *
     * @param value the value of {@code redis_client}: {@code lettuce|jedis}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder redisClient(String value) {
      return set(ConfigOptions.REDIS_CLIENT, value);
    }

    /**
     * Chooses the second tier by name.
     *
     * @param value the value of {@code l2_provider}: {@code [a-z0-9-]{1,32}}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l2Provider(String value) {
      return set(ConfigOptions.L2_PROVIDER, value);
    }

    /**
     * Chooses the ground truth by name.
     *
     * @param value the value of {@code l3_provider}: {@code [a-z0-9-]{1,32}}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder l3Provider(String value) {
      return set(ConfigOptions.L3_PROVIDER, value);
    }

    /**
     * Chooses the write-ahead log by name.
     *
     * @param value the value of {@code wal_provider}: {@code [a-z0-9-]{1,32}}, none by default
     * @return this builder
     * @throws IllegalArgumentException if the value is not allowed
     */
    public Builder walProvider(String value) {
      return set(ConfigOptions.WAL_PROVIDER, value);
    }

    /**
     * The second tier, instead of one found by URL: a cache if there is a third, else the ground
     * truth.
     *
     * @param value the object
     * @return this builder
     */
    public Builder l2(Tier value) {
      objects.put(GivenL2.class, new GivenL2(Objects.requireNonNull(value, "l2")));
      return this;
    }

    /**
     * The ground truth, instead of one found by URL.
     *
     * @param value the object
     * @return this builder
     */
    public Builder l3(Tier value) {
      objects.put(Tier.class, Objects.requireNonNull(value, "l3"));
      return this;
    }

    /**
     * The write-ahead log, instead of one found by name.
     *
     * @param value the object
     * @return this builder
     */
    public Builder log(WriteAheadLog value) {
      objects.put(WriteAheadLog.class, Objects.requireNonNull(value, "log"));
      return this;
    }

    /**
     * The memory tier, instead of one found by name.
     *
     * @param value the object
     * @return this builder
     */
    public Builder memoryTier(MemoryTierProvider value) {
      objects.put(MemoryTierProvider.class, Objects.requireNonNull(value, "memoryTier"));
      return this;
    }

    /**
     * The batcher, instead of one found by name.
     *
     * @param value the object
     * @return this builder
     */
    public Builder batcher(BatcherProvider value) {
      objects.put(BatcherProvider.class, Objects.requireNonNull(value, "batcher"));
      return this;
    }

    /**
     * The codec for content, instead of the identity.
     *
     * @param value the object
     * @return this builder
     */
    public Builder codec(Codec value) {
      objects.put(Codec.class, Objects.requireNonNull(value, "codec"));
      return this;
    }

    /**
     * How conflicting writes are joined.
     *
     * @param value the object
     * @return this builder
     */
    public Builder mergeStrategy(MergeStrategy value) {
      objects.put(MergeStrategy.class, Objects.requireNonNull(value, "mergeStrategy"));
      return this;
    }

    /**
     * Is told of each call to a tier.
     *
     * @param value the object
     * @return this builder
     */
    public Builder telemetry(Telemetry value) {
      objects.put(Telemetry.class, Objects.requireNonNull(value, "telemetry"));
      return this;
    }

    /**
     * Runs callbacks and completes futures.
     *
     * @param value the object
     * @return this builder
     */
    public Builder callbackExecutor(Executor value) {
      objects.put(Executor.class, Objects.requireNonNull(value, "callbackExecutor"));
      return this;
    }

    /**
     * Where the engine reads time.
     *
     * @param value the object
     * @return this builder
     */
    public Builder timeSource(TimeSource value) {
      objects.put(TimeSource.class, Objects.requireNonNull(value, "timeSource"));
      return this;
    }

    /**
     * Runs delayed work.
     *
     * @param value the object
     * @return this builder
     */
    public Builder scheduler(Scheduler value) {
      objects.put(Scheduler.class, Objects.requireNonNull(value, "scheduler"));
      return this;
    }

    /**
     * Randomness, for ids, tags and jitter; safe from any thread.
     *
     * @param value the object
     * @return this builder
     */
    public Builder random(RandomGenerator value) {
      objects.put(RandomGenerator.class, Objects.requireNonNull(value, "random"));
      return this;
    }

    /**
     * The hook of crash tests.
     *
     * @param value the object
     * @return this builder
     */
    public Builder failPoints(FailPoints value) {
      objects.put(FailPoints.class, Objects.requireNonNull(value, "failPoints"));
      return this;
    }

    /**
     * Sets options by their property names.
     *
     * @param properties key to value
     * @return this builder
     * @throws IllegalArgumentException for an unknown key or a bad value; the message names the
     *     key, the value and what is allowed
     */
    public Builder properties(Map<String, String> properties) {
      properties.forEach(this::property);
      return this;
    }

    /**
     * Sets one option by its property name.
     *
     * @param key an option's key, or {@code <provider>.<key>}
     * @param value the value as text
     * @return this builder
     * @throws IllegalArgumentException for an unknown key or a bad value
     */
    public Builder property(String key, String value) {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(value, key);
      ConfigOption<?> option = ConfigOptions.table().get(key);
      if (option != null) {
        values.put(option, option.parse(value));
      } else if (key.indexOf('.') > 0) {
        providerProperties.put(key, value);
      } else {
        throw new IllegalArgumentException(
            "unknown option " + key + "; known are " + ConfigOptions.keys());
      }
      return this;
    }

    /**
     * Makes the configuration.
     *
     * @return the configuration
     * @throws IllegalArgumentException if options contradict each other
     */
    public SyncEngineConfig build() {
      return new SyncEngineConfig(this);
    }

    private <T> Builder set(ConfigOption<T> option, T value) {
      Objects.requireNonNull(value, option.key());
      values.put(option, option.checked(value));
      return this;
    }
  }
}
