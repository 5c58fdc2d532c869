// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.VersionMode;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierRole;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells a tier of itself. The instance's id may come from the log, so it is set
 * between the opening of the log and that of the tier, by the starting thread.
 */
final class Identity implements TierConfig {
  private final SyncEngineConfig config;
  private final String tierName;
  private final String providerName;
  private final @Nullable String url;
  private final TierRole role;
  private final Duration requestTimeout;
  private final boolean readOnly;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final @Nullable Identity first;
  private volatile String instanceId;

  /** For the ground truth. */
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
    this.role = TierRole.GROUND_TRUTH;
    this.readOnly = config.readOnly();
    this.requestTimeout = config.tierTimeout();
    this.first = null;
    this.time = time;
    this.failPoints = failPoints;
    this.instanceId = config.instanceId().orElseGet(() -> UUID.randomUUID().toString());
  }

  /** For a tier beside the ground truth, which is told the same of the instance. */
  Identity(
      Identity first,
      String tierName,
      String providerName,
      @Nullable String url,
      TierRole role,
      boolean readOnly) {
    this.config = first.config;
    this.tierName = tierName;
    this.providerName = providerName;
    this.url = url;
    this.role = role;
    this.readOnly = readOnly;
    this.requestTimeout = role == TierRole.CACHE ? config.l2Timeout() : config.tierTimeout();
    this.first = first;
    this.time = first.time;
    this.failPoints = first.failPoints;
    this.instanceId = first.instanceId;
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
    return first == null ? instanceId : first.instanceId;
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
    return readOnly;
  }

  @Override
  public Duration requestTimeout() {
    return requestTimeout;
  }

  @Override
  public TierRole role() {
    return role;
  }

  @Override
  public Duration timeToLive() {
    return config.l2Ttl();
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
