// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.VersionMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The option table: every option of the engine is one constant here and nowhere else. */
final class ConfigOptions {
  private static final Map<String, ConfigOption<?>> TABLE = new LinkedHashMap<>();
  // Far below what a long of nanoseconds holds, so that sums of times stay in it.
  private static final Duration MAX_TIME = Duration.ofDays(3650);
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(|B|[KMGT](?:i?B)?)");
  private static final Pattern TIME = Pattern.compile("(\\d+)\\s*(|ms|s|m|h|d)");

  static final ConfigOption<String> REDIS_URL =
      url("redis_url", "Redis as L2: redis://, rediss://, redis-sentinel:// or redis+cluster://");
  static final ConfigOption<String> SQL_URL =
      url("sql_url", "the ground truth: sqlite:PATH, mysql://, mariadb://, memory: or a jdbc: URL");
  static final ConfigOption<Long> L1_MAX_BYTES =
      bytes("l1_max_bytes", 256L << 20, 1L << 16, "memory for items, clean and pending together");
  static final ConfigOption<Duration> BATCH_FLUSH_MS =
      time("batch_flush_ms", 100, 1, true, "flush when the oldest write has waited so long");
  static final ConfigOption<Integer> BATCH_FLUSH_COUNT =
      count("batch_flush_count", 1000, 1, 100_000, "flush when so many writes wait");
  static final ConfigOption<Long> BATCH_FLUSH_BYTES =
      bytes("batch_flush_bytes", 1L << 20, 1, "flush when so many bytes wait");
  static final ConfigOption<Path> WAL_PATH =
      add(
          new ConfigOption<>(
              "wal_path",
              Path.class,
              null,
              false,
              false,
              "a file path",
              "the write-ahead log's file; none: no log",
              Path::of,
              p -> !p.toString().isEmpty()));
  static final ConfigOption<Long> WAL_MAX_BYTES =
      bytes("wal_max_bytes", 1L << 30, 1L << 20, "size of the log at which pressure is full");
  static final ConfigOption<Double> BACKPRESSURE_WARN =
      share("backpressure_warn", 0.7, "pressure at which WARN begins");
  static final ConfigOption<Double> BACKPRESSURE_CRITICAL =
      share("backpressure_critical", 0.9, "pressure at which CRITICAL begins");
  static final ConfigOption<Duration> THROTTLE_MAX_WAIT_MS =
      time("throttle_max_wait_ms", 250, 0, true, "how long a write waits at THROTTLE at most");
  static final ConfigOption<Duration> SHUTDOWN_AFTER_MS =
      time("shutdown_after_ms", 60_000, 0, true, "how long above the mark before SHUTDOWN");
  static final ConfigOption<String> PRESSURE_SHUTDOWN =
      word(
          "pressure_shutdown",
          "keep",
          "keep|close",
          "whether SHUTDOWN also closes the engine",
          true);
  static final ConfigOption<String> NAME =
      word("name", "engine", "[a-zA-Z0-9_.-]{1,64}", "in names of threads and metrics", false);
  static final ConfigOption<String> NAMESPACE =
      word("namespace", "", "[a-z0-9_]{0,32}", "prefix of tables and Redis keys", false);
  static final ConfigOption<String> INSTANCE_ID =
      word(
          "instance_id",
          null,
          "[a-zA-Z0-9_.-]{1,64}",
          "names this instance; random by default, kept in the log",
          false);
  static final ConfigOption<Boolean> READ_ONLY =
      flag("read_only", false, "no lock, no writes; the log is read too");
  static final ConfigOption<VersionMode> VERSION_MODE =
      add(
          new ConfigOption<>(
              "version_mode",
              VersionMode.class,
              VersionMode.ENGINE,
              false,
              false,
              "engine or caller",
              "who gives versions to writes",
              s -> VersionMode.valueOf(s.toUpperCase(Locale.ROOT)),
              v -> true));
  static final ConfigOption<Duration> CLOCK_TOLERANCE_MS =
      time("clock_tolerance_ms", 5_000, 0, true, "skew between clocks that is not reported");
  static final ConfigOption<Long> MAX_CONTENT_BYTES =
      bytes("max_content_bytes", 16L << 20, 1, "the largest content of an item");
  static final ConfigOption<Duration> ACK_TIMEOUT_MS =
      time("ack_timeout_ms", 5_000, 1, true, "how long a write waits for its ack level");
  static final ConfigOption<Duration> CLOSE_TIMEOUT_MS =
      time("close_timeout_ms", 10_000, 0, true, "how long close() and flush() drain");
  static final ConfigOption<Duration> TIER_TIMEOUT_MS =
      time("tier_timeout_ms", 5_000, 1, false, "how long one call to a tier may take");
  static final ConfigOption<Duration> L2_TIMEOUT_MS =
      time("l2_timeout_ms", 1_000, 1, false, "how long one call to L2 as a cache may take");
  static final ConfigOption<Duration> L2_TTL_MS =
      time("l2_ttl_ms", 3_600_000, 1_000, false, "how long L2 as a cache keeps what was written");
  static final ConfigOption<Integer> L2_MAX_LAG =
      count("l2_max_lag", 100_000, 1, 10_000_000, "changes that L2 may lack before it is emptied");
  static final ConfigOption<Long> L2_QUEUE_BYTES =
      bytes("l2_queue_bytes", 32L << 20, 0, "memory for what waits to be put into L2 as a cache");
  static final ConfigOption<Integer> WARM_UP_ITEMS =
      count("warm_up_items", 0, 0, 10_000_000, "how many items a start reads into memory");
  static final ConfigOption<String> WARM_UP_PREFIXES =
      word(
          "warm_up_prefixes",
          null,
          "[^,]{1,512}(,[^,]{1,512})*",
          "whose items, separated by commas; none: those changed last",
          false);
  static final ConfigOption<Boolean> EXISTENCE_FILTER =
      flag("existence_filter", true, "a filter over all ids answers for those that are absent");
  static final ConfigOption<Duration> FILTER_SNAPSHOT_MS =
      time("filter_snapshot_ms", 60_000, 1, true, "how often the filter is kept beside the log");
  static final ConfigOption<Integer> FILTER_SNAPSHOT_CHANGES =
      count(
          "filter_snapshot_changes",
          100_000,
          1,
          Integer.MAX_VALUE,
          "after how many changes the filter is kept earlier");
  static final ConfigOption<Duration> RETRY_MIN_MS =
      time("retry_min_ms", 50, 1, true, "first pause after a failed flush or reconnect");
  static final ConfigOption<Duration> RETRY_MAX_MS =
      time("retry_max_ms", 5_000, 1, true, "longest pause after a failed flush or reconnect");
  static final ConfigOption<Integer> STARTUP_TRIES =
      count("startup_tries", 5, 1, 1000, "how often a start without a log tries the ground truth");
  static final ConfigOption<Integer> QUERY_TRIES =
      count("query_tries", 3, 1, 100, "how often a read tries a tier that fails");
  static final ConfigOption<Double> BREAKER_FAILURE_RATE =
      share("breaker_failure_rate", 0.5, "share of failed calls at which a tier gets no more");
  static final ConfigOption<Double> BREAKER_SLOW_RATE =
      share("breaker_slow_rate", 0.9, "share of slow calls at which a tier gets no more");
  static final ConfigOption<Duration> BREAKER_SLOW_MS =
      time("breaker_slow_ms", 2_000, 1, true, "from when on a call to a tier is slow");
  static final ConfigOption<Integer> BREAKER_WINDOW =
      count("breaker_window", 50, 1, 10_000, "how many of the last calls these shares are of");
  static final ConfigOption<Integer> BREAKER_MIN_CALLS =
      count("breaker_min_calls", 10, 1, 10_000, "how many there must be before they count");
  static final ConfigOption<Duration> BREAKER_OPEN_MS =
      time("breaker_open_ms", 2_000, 1, true, "how long a tier gets no calls then");
  static final ConfigOption<Integer> BREAKER_TRIAL_CALLS =
      count("breaker_trial_calls", 3, 1, 1000, "how many calls then try whether it is back");
  static final ConfigOption<Duration> CHANGE_POLL_MS =
      time("change_poll_ms", 250, 1, true, "how often the change log is polled");
  static final ConfigOption<Duration> STALENESS_BOUND_MS =
      time("staleness_bound_ms", 1_000, 1, true, "how old an answer from a cache may be");
  static final ConfigOption<Duration> PENDING_MAX_AGE_MS =
      time("pending_max_age_ms", 30_000, 1, true, "from when on a write that waits is reported");
  static final ConfigOption<Duration> TOMBSTONE_RETENTION_MS =
      time("tombstone_retention_ms", 7L * 86_400_000, 1, true, "how long tombstones are kept");
  static final ConfigOption<Duration> CHANGE_RETENTION_MS =
      time("change_retention_ms", 86_400_000, 1, true, "how long rows of the change log are kept");
  static final ConfigOption<Duration> CHANGE_RETENTION_MAX_MS =
      time(
          "change_retention_max_ms",
          7L * 86_400_000,
          1,
          true,
          "how long those are kept that a reader of changes() still needs");
  static final ConfigOption<String> REDIS_CLIENT =
      word(
          "redis_client",
          null,
          "lettuce|jedis",
          "the library that talks to Redis; none: Lettuce",
          false);
  static final ConfigOption<String> L1_PROVIDER = provider("l1_provider", "the memory tier");
  static final ConfigOption<String> L2_PROVIDER = provider("l2_provider", "the second tier");
  static final ConfigOption<String> L3_PROVIDER = provider("l3_provider", "the ground truth");
  static final ConfigOption<String> WAL_PROVIDER = provider("wal_provider", "the write-ahead log");

  private ConfigOptions() {}

  /** All options by key, in the table's order. */
  static Map<String, ConfigOption<?>> table() {
    return Collections.unmodifiableMap(TABLE);
  }

  private static <T> ConfigOption<T> add(ConfigOption<T> option) {
    TABLE.put(option.key(), option);
    return option;
  }

  private static ConfigOption<String> url(String key, String description) {
    return add(
        new ConfigOption<>(
            key,
            String.class,
            null,
            false,
            true,
            "scheme:…",
            description,
            s -> s,
            s -> s.indexOf(':') > 0));
  }

  private static ConfigOption<Boolean> flag(String key, boolean defaultValue, String description) {
    return add(
        new ConfigOption<>(
            key,
            Boolean.class,
            defaultValue,
            false,
            false,
            "true or false",
            description,
            ConfigOptions::parseBoolean,
            v -> true));
  }

  private static ConfigOption<String> provider(String key, String what) {
    return word(key, null, "[a-z0-9-]{1,32}", "chooses the provider of " + what, false);
  }

  private static ConfigOption<String> word(
      String key, @Nullable String defaultValue, String pattern, String description, boolean hot) {
    Predicate<String> matches = Pattern.compile(pattern).asMatchPredicate();
    return add(
        new ConfigOption<>(
            key, String.class, defaultValue, hot, false, pattern, description, s -> s, matches));
  }

  private static ConfigOption<Long> bytes(
      String key, long defaultValue, long min, String description) {
    return add(
        new ConfigOption<>(
            key,
            Long.class,
            defaultValue,
            true,
            false,
            "bytes, or a number with KB, MB, GB; at least " + min,
            description,
            ConfigOptions::parseBytes,
            v -> v >= min));
  }

  private static ConfigOption<Integer> count(
      String key, int defaultValue, int min, int max, String description) {
    return add(
        new ConfigOption<>(
            key,
            Integer.class,
            defaultValue,
            true,
            false,
            min + " to " + max,
            description,
            Integer::valueOf,
            v -> v >= min && v <= max));
  }

  private static ConfigOption<Double> share(String key, double defaultValue, String description) {
    return add(
        new ConfigOption<>(
            key,
            Double.class,
            defaultValue,
            true,
            false,
            "above 0 and below 1",
            description,
            Double::valueOf,
            v -> v > 0 && v < 1));
  }

  private static ConfigOption<Duration> time(
      String key, long defaultMillis, long minMillis, boolean hot, String description) {
    return add(
        new ConfigOption<>(
            key,
            Duration.class,
            Duration.ofMillis(defaultMillis),
            hot,
            false,
            "milliseconds, or a number with ms, s, m, h, d; "
                + minMillis
                + " ms to "
                + MAX_TIME.toDays()
                + " d",
            description,
            ConfigOptions::parseTime,
            v -> v.compareTo(Duration.ofMillis(minMillis)) >= 0 && v.compareTo(MAX_TIME) <= 0));
  }

  private static Boolean parseBoolean(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  private static Long parseBytes(String text) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("not a size");
    }
    int shift = m.group(2).isEmpty() ? 0 : 10 * Math.max(0, "BKMGT".indexOf(m.group(2).charAt(0)));
    return Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift);
  }

  private static Duration parseTime(String text) {
    Matcher m = TIME.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("not a time");
    }
    long n = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      case "d" -> Duration.ofDays(n);
      default -> Duration.ofMillis(n);
    };
  }

  /** The text of a value as {@code parse} reads it. */
  static String format(Object value) {
    if (value instanceof Duration d) {
      return Long.toString(d.toMillis());
    }
    if (value instanceof Enum<?> e) {
      return e.name().toLowerCase(Locale.ROOT);
    }
    return String.valueOf(value);
  }

  /** The keys, for error messages. */
  static String keys() {
    return Arrays.toString(TABLE.keySet().toArray());
  }
}
