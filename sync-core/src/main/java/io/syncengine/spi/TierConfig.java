// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.VersionMode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an engine tells a tier when it opens it. New getters come with defaults.
 *
 * @since 0.1
 */
public interface TierConfig {
  /**
   * The tier's place, {@code L2} or {@code L3}: the name to put into exceptions.
   *
   * @return the name
   */
  String tierName();

  /**
   * The engine's name, for thread and pool names.
   *
   * @return the name
   */
  String engineName();

  /**
   * The instance, unique among the engines on one ground truth: the origin of change rows.
   *
   * @return the id
   */
  String instanceId();

  /**
   * Prefix of tables and keys; {@code [a-z0-9_]{0,32}}.
   *
   * @return the namespace, empty by default
   */
  String namespace();

  /**
   * Where the data is.
   *
   * @return the URL as configured, secrets included; null if the application gave the connection
   */
  @Nullable String url();

  /**
   * Which client library to use, if the tier can be reached by several.
   *
   * @return its name as configured; null for the tier's own choice
   */
  default @Nullable String client() {
    return null;
  }

  /**
   * What the tier is to be.
   *
   * @return the role; a tier that cannot be that refuses to open
   */
  default TierRole role() {
    return TierRole.GROUND_TRUTH;
  }

  /**
   * How long a cache keeps what nobody has written since; give or take a tenth, so that what was
   * written together does not go together.
   *
   * @return the time to live, an hour by default
   */
  default Duration timeToLive() {
    return Duration.ofHours(1);
  }

  /**
   * The options whose keys begin with the provider's name and a dot, without that prefix.
   *
   * @return key to value
   */
  Map<String, String> properties();

  /**
   * Who gives versions. A new store takes it, an existing one must have the same.
   *
   * @return the mode
   */
  VersionMode versionMode();

  /**
   * Whether to open without creating or writing anything.
   *
   * @return true for read-only
   */
  boolean readOnly();

  /**
   * How long one call may take.
   *
   * @return the bound of every call
   */
  Duration requestTimeout();

  /**
   * Time as the engine sees it.
   *
   * @return the source of all times
   */
  TimeSource timeSource();

  /**
   * The hook of crash tests.
   *
   * @return the fail points; does nothing by default
   */
  default FailPoints failPoints() {
    return FailPoints.OFF;
  }
}
