// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Variables of a session and what they are set to. Names and values are texts of ours; what was
 * there before is kept in the session itself, in variables of its user.
 */
final class SessionSettings {
  /**
   * Strict, so that nothing is cut short without a word. The driver has seen at the start whether a
   * backslash is an escape and goes on writing texts that way.
   */
  private static final String SQL_MODE =
      "CONCAT('STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',"
          + " IF(FIND_IN_SET('NO_BACKSLASH_ESCAPES', @@SESSION.sql_mode),"
          + " ',NO_BACKSLASH_ESCAPES', ''))";

  private final Map<String, String> values = new LinkedHashMap<>();

  SessionSettings() {
    values.put("sql_mode", SQL_MODE);
  }

  /** Adds a variable. */
  SessionSettings with(String variable, Object value) {
    values.put(variable, value.toString());
    return this;
  }

  /** Sets them. */
  String set() {
    return values.entrySet().stream()
        .map(e -> "SESSION " + e.getKey() + " = " + e.getValue())
        .collect(Collectors.joining(", ", "SET ", ""));
  }

  /** Remembers what they were and sets them. */
  String keepAndSet() {
    return values.keySet().stream()
        .map(v -> kept(v) + " = @@SESSION." + v)
        .collect(Collectors.joining(", ", "SET ", set().replaceFirst("SET ", ", ")));
  }

  /** Sets them to what they were. */
  String restore() {
    return values.keySet().stream()
        .map(v -> "SESSION " + v + " = " + kept(v) + ", " + kept(v) + " = NULL")
        .collect(Collectors.joining(", ", "SET ", ""));
  }

  private static String kept(String variable) {
    return "@io_syncengine_" + variable;
  }
}
