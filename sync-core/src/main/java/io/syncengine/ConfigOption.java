// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One row of the option table.
 *
 * @param key the property's name
 * @param type the Java type of its value
 * @param defaultValue the default, or null for none
 * @param hot whether {@code reconfigure} may change it
 * @param secret whether its value is kept out of {@code toString}
 * @param allowed what values are allowed, in words
 * @param description one line for the table
 * @param parser from text; throws IllegalArgumentException or NumberFormatException
 * @param check whether a value is allowed
 */
record ConfigOption<T>(
    String key,
    Class<T> type,
    @Nullable T defaultValue,
    boolean hot,
    boolean secret,
    String allowed,
    String description,
    Function<String, T> parser,
    Predicate<T> check) {
  T parse(String text) {
    try {
      return checked(parser.apply(text.trim()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw refused(secret ? "(hidden)" : text, e);
    }
  }

  T checked(T value) {
    if (!check.test(value)) {
      throw refused(secret ? "(hidden)" : String.valueOf(value), null);
    }
    return value;
  }

  private IllegalArgumentException refused(String value, @Nullable Throwable cause) {
    return new IllegalArgumentException(key + " is '" + value + "'; allowed: " + allowed, cause);
  }
}
