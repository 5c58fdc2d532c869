// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

/**
 * An instance between a start and its end.
 *
 * @param instance which
 * @param number how often it was started before
 */
record Life(int instance, int number) {
  boolean isAfter(Life other) {
    return instance == other.instance && number > other.number;
  }

  @Override
  public String toString() {
    return instance + "." + number;
  }
}
