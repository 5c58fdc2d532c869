// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command takes, before or after its name. Filled by picocli. */
final class CommonOptions {
  @Option(
      names = "--redis-url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "Redis as the second tier; none by default.")
  @Nullable String redisUrl;

  @Option(
      names = "--sql-url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "The ground truth; sqlite:sync-data/items.db by default.")
  @Nullable String sqlUrl;

  @Option(
      names = "--wal-path",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The write-ahead log; sync-data/sync.wal by default. Empty: no log.")
  @Nullable String walPath;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Options of the engine as Java properties, in UTF-8.")
  @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      scope = ScopeType.INHERIT,
      description = "One option of the engine; may be repeated.")
  Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Results as JSON on stdout, errors as JSON on stderr.")
  boolean json; // read before parsing, see SyncCommand

  @Option(
      names = "--no-progress",
      scope = ScopeType.INHERIT,
      description = "Do not show on stderr how far the work is.")
  boolean noProgress;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Stack traces and the engine's log on stderr.")
  boolean debug;

  CommonOptions() {}
}
