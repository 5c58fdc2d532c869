// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.spi.TierConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the dialect of a URL. Here a dialect is added. */
final class Targets {
  private Targets() {}

  /** The target of the configured URL. Messages leave the URL out: it may hold a password. */
  static Target of(TierConfig config) {
    String url = config.url();
    if (url == null) {
      throw refused(
          config,
          "there is no URL; set sql_url, for instance to sqlite:PATH or mysql://user:password@host/db",
          null);
    }
    try {
      Path path = SqliteUrl.path(url);
      if (path != null) {
        return new SqliteTarget(path, new SqliteDialect());
      }
      MySqlUrl server = MySqlUrl.of(url);
      if (server != null) {
        return new MySqlTarget(server);
      }
    } catch (IllegalArgumentException e) {
      throw refused(config, String.valueOf(e.getMessage()), e);
    }
    throw refused(
        config,
        "the URL is of a database without a dialect here; use mysql:, mariadb: or sqlite:",
        null);
  }

  private static TierException refused(
      TierConfig config, String message, @Nullable Throwable cause) {
    return new TierException(config.tierName(), "open", false, message, cause);
  }
}
