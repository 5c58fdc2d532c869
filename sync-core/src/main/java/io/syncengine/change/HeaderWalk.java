// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.change;

import io.syncengine.model.ItemId;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One walk over the ids of the ground truth, page by page, each page as of another moment. It keeps
 * which page was read as of which change row, so that who takes in the changes that {@link #missed}
 * names ends with an exact picture: no transaction stays open, and no lock is held. For one thread.
 */
public final class HeaderWalk {
  private static final int PAGE = 2000;

  private final TierPort truth;
  private final String databaseId;
  private final IdRange range;
  // The last id of each page but the final one, and the change row as of which it was read.
  private final List<String> ends = new ArrayList<>();
  private final List<Long> sequences = new ArrayList<>();
  private boolean ended;
  private long highest;

  /** Makes a walk through a database; {@code databaseId} is the one that it has to be. */
  public HeaderWalk(TierPort truth, String databaseId, IdRange range) {
    this.truth = truth;
    this.databaseId = databaseId;
    this.range = range;
  }

  /**
   * Reads the next page.
   *
   * @return its headers; null after the last
   * @throws TierUnavailableException if the ground truth cannot be asked or is another database
   */
  public @Nullable List<Header> next() {
    if (ended) {
      return null;
    }
    String after = ends.isEmpty() ? null : ends.get(ends.size() - 1);
    HeaderPage page = truth.read(Headers.class, "headers", h -> h.headers(range, after, PAGE));
    if (!page.databaseId().equals(databaseId)) {
      throw new TierUnavailableException(
          truth.name(), "headers", "another database answers now", null);
    }
    List<Header> headers = page.headers();
    sequences.add(page.sequence());
    highest = Math.max(highest, page.sequence());
    if (headers.size() < PAGE) {
      ended = true;
    } else {
      ends.add(headers.get(headers.size() - 1).id());
    }
    return headers;
  }

  /**
   * Whether a change has to be taken in. One of an id whose page comes yet does not: it was
   * committed before that page is read.
   *
   * @param id the id
   * @param sequence a change row that was committed before the call
   * @return whether the page of that id was read as of an older row
   */
  public boolean missed(String id, long sequence) {
    int place = Collections.binarySearch(ends, id, ItemId.BYTE_ORDER);
    int page = place < 0 ? -place - 1 : place;
    return page < sequences.size() && sequence > sequences.get(page);
  }

  /** Counts every id as read as of a change row, instead of reading any. */
  void skip(long sequence) {
    sequences.add(sequence);
    highest = sequence;
    ended = true;
  }

  /** The newest change row as of which a page was read. */
  public long highest() {
    return highest;
  }
}
