// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import io.syncengine.spi.Tier;
import io.syncengine.spi.TierProvider;
import java.util.Set;

// region provider
/** Makes {@link DirectoryTier}s for {@code sql_url=dir:PATH}. */
public final class DirectoryTierProvider implements TierProvider {
  /** The option {@code directory.sync}: whether a commit waits for the disk; true by default. */
  static final String SYNC = "sync";

  /** For {@link java.util.ServiceLoader}; touches nothing. */
  public DirectoryTierProvider() {}

  @Override
  public String name() {
    return "directory";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("dir");
  }

  @Override
  public Set<String> keys() {
    return Set.of(SYNC);
  }

  @Override
  public Tier create() {
    return new DirectoryTier();
  }
}
// endregion
