// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * What a cache did with a {@link CacheWrite}. Whatever it is, the cache holds nothing below the
 * write's revision from then on.
 *
 * @since 0.1
 */
public enum CacheOutcome {
  /** It holds the entry now. */
  STORED,
  /** It held the same or something above, and still does. */
  KEPT,
  /** It holds nothing: it was told to, or may not make what something newer may have replaced. */
  ABSENT,
  /** It holds nothing, because it could not take the value: it is full, or the value too large. */
  REFUSED
}
