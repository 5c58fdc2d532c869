// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for one product; the tests of {@link SourceChoice} have one that looks nowhere.
 *
 * @param <S> what servers can be made of
 */
interface Probe<S> {
  /**
   * Looks in one place.
   *
   * @return what is there; null if nothing is, and nothing is wrong with that
   * @throws UnavailableException if there is something that cannot be used
   */
  @Nullable S look(Place place) throws IOException, UnavailableException;
}
