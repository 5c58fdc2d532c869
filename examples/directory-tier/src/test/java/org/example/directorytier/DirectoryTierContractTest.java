// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

// region contract
class DirectoryTierContractTest extends TierContract {
  @TempDir private Path folder;

  @Override
  protected Tier newTier() {
    return new DirectoryTierProvider().create();
  }

  @Override
  protected TestTierConfig config() {
    return TestTierConfig.defaults()
        .withRequestTimeout(Duration.ofSeconds(60))
        .withUrl("dir:" + folder.resolve("store"))
        .withProperties(Map.of("sync", "false")); // thousands of files, and no disk to wait for
  }
}
// endregion
