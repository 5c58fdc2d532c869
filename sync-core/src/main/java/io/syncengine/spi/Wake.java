// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.function.Consumer;

/**
 * The capability of a tier to pass a word between instances: that one has committed something, so
 * that the others look into the change log before their next poll is due. A word may be lost or
 * come late; nothing depends on it. Methods are safe from any thread.
 *
 * @since 0.1
 */
public interface Wake {
  /**
   * Tells all instances on the same ground truth that there is something new.
   *
   * @param databaseId the ground truth's, see {@link TierInfo#databaseId()}
   * @param origin the instance that tells
   * @throws io.syncengine.model.TierUnavailableException if nobody can be told
   */
  void wake(String databaseId, String origin);

  /**
   * Listens. What is heard of is what is told from some moment after this returned.
   *
   * @param databaseId the ground truth's
   * @param listener is called with the origin, on a thread of the tier; returns at once
   * @return ends the listening; never throws
   * @throws io.syncengine.model.TierUnavailableException if it cannot be listened now
   */
  Listening listen(String databaseId, Consumer<String> listener);

  /** Ends what {@link #listen} began. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
