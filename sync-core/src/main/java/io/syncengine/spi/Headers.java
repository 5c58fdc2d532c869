// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import org.jspecify.annotations.Nullable;

/**
 * The capability of a ground truth that reads what it holds without the contents, together with the
 * place in its change log as of which it did: so that who walks over all ids page by page, and then
 * takes in the changes behind each page, ends with an exact picture without a long transaction.
 * Safe from any thread; returns within the request time-out; throws {@link
 * io.syncengine.model.TierUnavailableException} if the tier cannot be asked.
 *
 * @since 0.1
 */
public interface Headers {
  /**
   * Reads a page, tombstones and damaged rows included.
   *
   * @param range the range of ids
   * @param after only ids above this one, exclusive; null for the start of the range
   * @param limit how many at most, 1 or more
   * @return headers by rising id bytes; fewer than {@code limit} only at the end
   */
  HeaderPage headers(IdRange range, @Nullable String after, int limit);
}
