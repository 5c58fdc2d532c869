// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.spi.WriteAheadLog;
import io.syncengine.spi.WriteAheadLogProvider;
import java.util.Set;

/**
 * Makes write-ahead logs that are one SQLite file. Options: {@code sqlite.reserve_bytes}, what is
 * kept allocated for a full volume (default 4 MiB, 0 for none), and {@code
 * sqlite.checkpoint_bytes}, how much SQLite's own log may hold before it is merged (default 4 MiB).
 *
 * @since 0.1
 */
public final class SqliteWriteAheadLogProvider implements WriteAheadLogProvider {
  /** Makes the provider; called by {@link java.util.ServiceLoader}. */
  public SqliteWriteAheadLogProvider() {}

  /** {@return {@code sqlite}} */
  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public Set<String> keys() {
    return LogOptions.KEYS;
  }

  @Override
  public WriteAheadLog create() {
    return new SqliteWriteAheadLog();
  }
}
