// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.VersionMode;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierRole;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tier's configuration in a test. Immutable.
 *
 * @param tierName the name in exceptions
 * @param engineName the engine's name
 * @param instanceId the instance
 * @param namespace the prefix of tables and keys
 * @param url where the data is; null if the test gives the connection
 * @param client which client library to use; null for the tier's own choice
 * @param role what the tier is to be
 * @param timeToLive how long a cache keeps what nobody has written since
 * @param properties the provider's options
 * @param versionMode who gives versions
 * @param readOnly whether to open for reading only
 * @param requestTimeout the bound of every call
 * @param timeSource the source of all times
 * @param failPoints the hook of crash tests
 * @since 0.1
 */
public record TestTierConfig(
    String tierName,
    String engineName,
    String instanceId,
    String namespace,
    @Nullable String url,
    @Nullable String client,
    TierRole role,
    Duration timeToLive,
    Map<String, String> properties,
    VersionMode versionMode,
    boolean readOnly,
    Duration requestTimeout,
    TimeSource timeSource,
    FailPoints failPoints)
    implements TierConfig {
  /**
   * Tier L3 of engine {@code test}, instance {@code a}, no namespace, no URL, no client, ground
   * truth (an hour to live as a cache), versions by the engine, 10 s a call, the machine's clocks,
   * no fail points.
   *
   * @return the configuration to start from
   */
  public static TestTierConfig defaults() {
    return new TestTierConfig(
        "L3",
        "test",
        "a",
        "",
        null,
        null,
        TierRole.GROUND_TRUTH,
        Duration.ofHours(1),
        Map.of(),
        VersionMode.ENGINE,
        false,
        Duration.ofSeconds(10),
        TimeSource.SYSTEM,
        FailPoints.OFF);
  }

  /**
   * The same with another tier name.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withTierName(String value) {
    return with(parts -> parts.tierName = value);
  }

  /**
   * The same with another instance.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withInstanceId(String value) {
    return with(parts -> parts.instanceId = value);
  }

  /**
   * The same with another namespace.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withNamespace(String value) {
    return with(parts -> parts.namespace = value);
  }

  /**
   * The same with another URL.
   *
   * @param value the new value, or null for none
   * @return a new configuration
   */
  public TestTierConfig withUrl(@Nullable String value) {
    return with(parts -> parts.url = value);
  }

  /**
   * The same with another client library.
   *
   * @param value the new value, or null for none
   * @return a new configuration
   */
  public TestTierConfig withClient(@Nullable String value) {
    return with(parts -> parts.client = value);
  }

  /**
   * The same with another role.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withRole(TierRole value) {
    return with(parts -> parts.role = value);
  }

  /**
   * The same with another time to live.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withTimeToLive(Duration value) {
    return with(parts -> parts.timeToLive = value);
  }

  /**
   * The same with other options of the provider.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withProperties(Map<String, String> value) {
    return with(parts -> parts.properties = value);
  }

  /**
   * The same with another version mode.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withVersionMode(VersionMode value) {
    return with(parts -> parts.versionMode = value);
  }

  /**
   * The same with read-only or not.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withReadOnly(boolean value) {
    return with(parts -> parts.readOnly = value);
  }

  /**
   * The same with another time-out.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withRequestTimeout(Duration value) {
    return with(parts -> parts.requestTimeout = value);
  }

  /**
   * The same with another clock.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withTimeSource(TimeSource value) {
    return with(parts -> parts.timeSource = value);
  }

  /**
   * The same with other fail points.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestTierConfig withFailPoints(FailPoints value) {
    return with(parts -> parts.failPoints = value);
  }

  private TestTierConfig with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.config();
  }

  /** The components, on the way from one configuration to the next. */
  private static final class Parts {
    String tierName;
    String engineName;
    String instanceId;
    String namespace;
    @Nullable String url;
    @Nullable String client;
    TierRole role;
    Duration timeToLive;
    Map<String, String> properties;
    VersionMode versionMode;
    boolean readOnly;
    Duration requestTimeout;
    TimeSource timeSource;
    FailPoints failPoints;

    Parts(TestTierConfig from) {
      tierName = from.tierName;
      engineName = from.engineName;
      instanceId = from.instanceId;
      namespace = from.namespace;
      url = from.url;
      client = from.client;
      role = from.role;
      timeToLive = from.timeToLive;
      properties = from.properties;
      versionMode = from.versionMode;
      readOnly = from.readOnly;
      requestTimeout = from.requestTimeout;
      timeSource = from.timeSource;
      failPoints = from.failPoints;
    }

    TestTierConfig config() {
      return new TestTierConfig(
          tierName,
          engineName,
          instanceId,
          namespace,
          url,
          client,
          role,
          timeToLive,
          properties,
          versionMode,
          readOnly,
          requestTimeout,
          timeSource,
          failPoints);
    }
  }
}
