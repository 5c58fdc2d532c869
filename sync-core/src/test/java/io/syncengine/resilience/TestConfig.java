// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.model.VersionMode;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.Map;

/** What the engine asks of a tier, over a clock of the test. */
record TestConfig(TimeSource timeSource, FailPoints failPoints) implements TierConfig {
  TestConfig(TimeSource timeSource) {
    this(timeSource, FailPoints.OFF);
  }

  @Override
  public String tierName() {
    return "L3";
  }

  @Override
  public String engineName() {
    return "test";
  }

  @Override
  public String instanceId() {
    return "a";
  }

  @Override
  public String namespace() {
    return "";
  }

  @Override
  public String url() {
    return null;
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  @Override
  public VersionMode versionMode() {
    return VersionMode.ENGINE;
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public Duration requestTimeout() {
    return Duration.ofSeconds(1);
  }
}
