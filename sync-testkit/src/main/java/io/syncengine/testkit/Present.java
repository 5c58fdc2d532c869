// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import org.jspecify.annotations.Nullable;

/** Asserts what {@code assertThat(…).isNotNull()} does, in a way that NullAway understands. */
final class Present {
  private Present() {}

  /**
   * Fails the test if something is not there.
   *
   * @param what its name, for the message
   * @return the value
   */
  static <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new AssertionError("there is no " + what);
    }
    return value;
  }
}
