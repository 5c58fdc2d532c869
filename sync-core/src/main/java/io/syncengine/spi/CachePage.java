// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of what a cache holds of a space.
 *
 * @param headers what is held, in any order; each was held at some moment of the call
 * @param unreadable ids of which something is held that nobody understands: of another type, cut,
 *     damaged or of a later format; where no id can be told, the cache's own name for it as text
 * @param next from where the next page goes on; null if there is none
 * @since 0.1
 */
public record CachePage(List<Header> headers, List<String> unreadable, @Nullable String next) {
  /**
   * Copies the lists.
   *
   * @param headers see {@link #headers()}
   * @param unreadable see {@link #unreadable()}
   * @param next see {@link #next()}
   */
  public CachePage {
    headers = List.copyOf(headers);
    unreadable = List.copyOf(unreadable);
  }
}
