// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngineConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Puts an engine's properties together, each layer over the one before: the embedded defaults, the
 * file of {@code --config}, the environment, the command's options, {@code --set}.
 */
final class Settings {
  /** Where the ground truth is if nothing else is said. */
  static final String DEFAULT_SQL_URL = "sqlite:sync-data/items.db";

  /** Where the log is if nothing else is said. */
  static final String DEFAULT_WAL_PATH = "sync-data/sync.wal";

  private static final String ENVIRONMENT_PREFIX = "SYNC_";

  private Settings() {}

  /**
   * Resolves all layers. An empty {@code wal_path} or {@code redis_url} means none; a ground truth
   * in memory has no log by default.
   *
   * @param options the command's options
   * @param environment as {@link System#getenv()}
   * @return property to value
   */
  static Map<String, String> resolve(CommonOptions options, Map<String, String> environment) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("sql_url", DEFAULT_SQL_URL);
    properties.putAll(fromFile(options.config));
    properties.putAll(fromEnvironment(environment));
    properties.putAll(fromOptions(options));
    if (!"memory:".equals(properties.get("sql_url"))) {
      properties.putIfAbsent("wal_path", DEFAULT_WAL_PATH);
    }
    properties.computeIfPresent("wal_path", (key, value) -> value.isBlank() ? null : value);
    properties.computeIfPresent("redis_url", (key, value) -> value.isBlank() ? null : value);
    return properties;
  }

  /** The last two layers: options and {@code --set}. */
  static Map<String, String> fromOptions(CommonOptions options) {
    Map<String, String> properties = new LinkedHashMap<>();
    put(properties, "redis_url", options.redisUrl);
    put(properties, "sql_url", options.sqlUrl);
    put(properties, "wal_path", options.walPath);
    properties.putAll(options.set);
    return properties;
  }

  private static void put(Map<String, String> properties, String key, @Nullable String value) {
    if (value != null) {
      properties.put(key, value);
    }
  }

  private static Map<String, String> fromFile(@Nullable Path file) {
    Map<String, String> properties = new LinkedHashMap<>();
    if (file == null) {
      return properties;
    }
    Properties read = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      read.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw CommandException.unreadable(
          file.toString(), e, "give --config a file of Java properties in UTF-8");
    }
    read.stringPropertyNames().forEach(key -> properties.put(key, read.getProperty(key)));
    return properties;
  }

  private static Map<String, String> fromEnvironment(Map<String, String> environment) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (SyncEngineConfig.OptionInfo option : SyncEngineConfig.options()) {
      String name = ENVIRONMENT_PREFIX + option.key().toUpperCase(Locale.ROOT);
      put(properties, option.key(), environment.get(name));
    }
    return properties;
  }
}
