// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TimeSource;
import io.syncengine.spi.WriteAheadLogConfig;
import java.nio.file.Path;
import java.util.Map;

/**
 * A log's configuration in a test. Immutable.
 *
 * @param path the log's file
 * @param namespace the namespace
 * @param readOnly whether to open for reading only
 * @param timeSource the source of all times
 * @param properties the provider's options
 * @param failPoints the hook of crash tests
 * @since 0.1
 */
public record TestLogConfig(
    Path path,
    String namespace,
    boolean readOnly,
    TimeSource timeSource,
    Map<String, String> properties,
    FailPoints failPoints)
    implements WriteAheadLogConfig {
  /**
   * No namespace, for writing, the machine's clocks, no options, no fail points.
   *
   * @param path the log's file
   * @return the configuration to start from
   */
  public static TestLogConfig at(Path path) {
    return new TestLogConfig(path, "", false, TimeSource.SYSTEM, Map.of(), FailPoints.OFF);
  }

  /**
   * The same with another namespace.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestLogConfig withNamespace(String value) {
    return new TestLogConfig(path, value, readOnly, timeSource, properties, failPoints);
  }

  /**
   * The same with read-only or not.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestLogConfig withReadOnly(boolean value) {
    return new TestLogConfig(path, namespace, value, timeSource, properties, failPoints);
  }

  /**
   * The same with another clock.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestLogConfig withTimeSource(TimeSource value) {
    return new TestLogConfig(path, namespace, readOnly, value, properties, failPoints);
  }

  /**
   * The same with other options of the provider.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestLogConfig withProperties(Map<String, String> value) {
    return new TestLogConfig(path, namespace, readOnly, timeSource, value, failPoints);
  }

  /**
   * The same with other fail points.
   *
   * @param value the new value
   * @return a new configuration
   */
  public TestLogConfig withFailPoints(FailPoints value) {
    return new TestLogConfig(path, namespace, readOnly, timeSource, properties, value);
  }
}
