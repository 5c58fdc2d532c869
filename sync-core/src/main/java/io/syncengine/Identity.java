// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.VersionMode;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells its ground truth of itself. The instance's id may come from the log, so it
 * is set between the opening of the log and that of the tier, by the starting thread.
 */
final class Identity implements TierConfig {
  private final SyncEngineConfig config;
  private final String tierName;
  private final String providerName;
  private final @Nullable String url;
  private final TimeSource time;
  private final FailPoints failPoints;
  private volatile String instanceId;

  Identity(
      SyncEngineConfig config,
      String tierName,
      String providerName,
      @Nullable String url,
      TimeSource time,
      FailPoints failPoints) {
    this.config = config;
    this.tierName = tierName;
    this.providerName = providerName;
    this.url = url;
    this.time = time;
    this.failPoints = failPoints;
    this.instanceId = config.instanceId().orElseGet(() -> UUID.randomUUID().toString());
  }

  void instanceId(String kept) {
    instanceId = kept;
  }

  @Override
  public String tierName() {
    return tierName;
  }

  @Override
  public String engineName() {
    return config.name();
  }

  @Override
  public String instanceId() {
    return instanceId;
  }

  @Override
  public String namespace() {
    return config.namespace();
  }

  @Override
  public @Nullable String url() {
    return url;
  }

  @Override
  public @Nullable String client() {
    return config.redisClient().orElse(null);
  }

  @Override
  public Map<String, String> properties() {
    return config.providerProperties(providerName);
  }

  @Override
  public VersionMode versionMode() {
    return config.versionMode();
  }

  @Override
  public boolean readOnly() {
    return config.readOnly();
  }

  @Override
  public Duration requestTimeout() {
    return config.tierTimeout();
  }

  @Override
  public TimeSource timeSource() {
    return time;
  }

  @Override
  public FailPoints failPoints() {
    return failPoints;
  }
}
