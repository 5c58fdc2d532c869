// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A MySQL or MariaDB server that this tier connects to itself. */
final class MySqlTarget implements Target {
  private final MySqlUrl url;

  MySqlTarget(MySqlUrl url) {
    this.url = url;
  }

  @Override
  public Database open(TierConfig config) {
    PoolOptions options = PoolOptions.of(config, true);
    ServerDriver.Found driver =
        ServerDriver.find(url.namesake(), config.properties().get(ServerDriver.KEY));
    // Whoever cannot be reached is none of the two yet; their errors mean the same.
    Failures failures = new Failures(config.tierName(), new MySqlDialect());
    try {
      Properties properties = driver.kind().properties(url, config.requestTimeout());
      Sources sources = new Sources(driver, driver.kind().url(url), properties, config);
      // Not through a pool, which would go on trying for the whole time-out.
      ServerVersion version;
      try (Connection connection = sources.of(null).getConnection()) {
        version = ServerVersion.of(connection);
      }
      return open(config, options, version, sources);
    } catch (IllegalArgumentException e) {
      throw new TierException(config.tierName(), "open", false, String.valueOf(e.getMessage()), e);
    } catch (Refusal e) {
      throw failures.refused(url.subject(), e);
    } catch (SQLException e) {
      throw failures.onOpen(url.subject(), e);
    }
  }

  private Database open(
      TierConfig config, PoolOptions options, ServerVersion version, Sources sources)
      throws SQLException, Refusal {
    Dialect dialect = version.dialect();
    Tables tables = Tables.of(config.namespace());
    PooledConnections pools =
        new PooledConnections(dialect, options, sources.all(dialect), () -> {});
    try {
      Map<String, String> meta =
          new Schema(dialect, tables, dialect.migrations(tables)).prepare(pools, config);
      return Database.of(
          dialect,
          tables,
          pools,
          new TierInfo(Meta.databaseId(meta), version.description()),
          new Failures(config.tierName(), dialect));
    } catch (SQLException | Refusal | RuntimeException e) {
      pools.close();
      throw e;
    }
  }

  /** Makes sources of connections with different sessions. */
  private record Sources(
      ServerDriver.Found driver, String url, Properties properties, TierConfig config) {
    MySqlConnections of(@Nullable SessionSettings settings) {
      return new MySqlConnections(driver, url, properties, settings);
    }

    PooledConnections.Sources all(Dialect dialect) {
      MySqlFamily family = (MySqlFamily) dialect;
      MySqlConnections reading = of(family.settings(false, config.requestTimeout()));
      MySqlConnections writing = of(family.settings(true, config.requestTimeout()));
      return new PooledConnections.Sources(reading, reading, config.readOnly() ? null : writing);
    }
  }
}
