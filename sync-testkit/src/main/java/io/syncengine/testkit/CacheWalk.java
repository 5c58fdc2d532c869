// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Cache;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Header;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What came of the pages of one scan of a cache. For one thread. */
final class CacheWalk {
  private static final int MOST_PAGES = 100_000;

  final Map<String, Header> headers = new HashMap<>();
  final Set<String> unreadable = new HashSet<>();

  /** All pages. */
  CacheWalk all(Cache cache, CacheSpace space, int limit) {
    String next = page(cache, space, null, limit);
    for (int pages = 1; next != null; pages++) {
      assertThat(pages).as("pages of a small cache").isLessThan(MOST_PAGES);
      next = page(cache, space, next, limit);
    }
    return this;
  }

  /** One page; from where the next one goes on. */
  @Nullable String page(Cache cache, CacheSpace space, @Nullable String cursor, int limit) {
    CachePage page = cache.scan(space, cursor, limit);
    page.headers().forEach(header -> headers.put(header.id(), header));
    unreadable.addAll(page.unreadable());
    return page.next();
  }
}
