// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Gives a {@link org.junit.jupiter.params.ParameterizedTest} with one {@code long} parameter its
 * seeds: see {@link Seeds}. The seed stands in the name of each run.
 *
 * @since 0.1
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(SeedArguments.class)
public @interface SeedSource {
  /**
   * How many seeds.
   *
   * @return 1 or more
   */
  int value();
}
