// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes several things, all of them, whichever fail. */
final class Closing {
  private Closing() {}

  /**
   * Closes in order.
   *
   * @throws IOException the first failure, with the others suppressed
   */
  static void all(List<? extends Closeable> things) throws IOException {
    IOException first = null;
    for (Closeable thing : things) {
      first = close(thing, first);
    }
    if (first != null) {
      throw first;
    }
  }

  /** Closes what was made in vain; what goes wrong then is suppressed by why it was. */
  static void after(Exception why, Closeable thing) {
    try {
      thing.close();
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /** Returns the first failure so far; null if there is none. */
  private static @Nullable IOException close(Closeable thing, @Nullable IOException first) {
    try {
      thing.close();
      return first;
    } catch (IOException | RuntimeException e) {
      if (first != null) {
        first.addSuppressed(e);
        return first;
      }
      return e instanceof IOException io ? io : new IOException("cannot be closed", e);
    }
  }
}
