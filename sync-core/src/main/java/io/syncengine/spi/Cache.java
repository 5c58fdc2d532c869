// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The capability of a tier that can stand as a cache before a ground truth. It may forget anything
 * at any time, but never goes back: an id that it was told something of is never again shown with
 * something older. Three things see to that.
 *
 * <ul>
 *   <li>What it holds of an id is replaced by a higher revision alone.
 *   <li>An id of which it holds nothing is made only by knowledge that is not older than any that
 *       came to the id's lane before. A lane is a set of ids by hash, for which the cache keeps the
 *       highest {@link CacheWrite#sequence()}; if that is lost, the head of the ground truth's
 *       change log is put in its place first.
 *   <li>It tells when it may have gone back as a whole, as after a restart or a failover: then it
 *       has no {@link #state}, and a new generation is begun, of which it holds nothing.
 * </ul>
 *
 * <p>All methods are safe from any thread, in any number of processes, return within the request
 * time-out, and throw {@link io.syncengine.model.TierUnavailableException} if the cache cannot be
 * asked or may have gone back since {@link #state} was last read.
 *
 * @since 0.1
 */
public interface Cache {
  /**
   * What the cache knows of a space.
   *
   * @param space where
   * @return up to where it reflects the ground truth; empty if it does not know, or may have gone
   *     back since the space was begun: the space is not to be used any more
   */
  Optional<CacheState> state(CacheSpace space);

  /**
   * Begins a space of which the cache holds nothing yet, each lane with the base as its number.
   * Does nothing if it was begun before.
   *
   * @param space where; of a generation that was never used before
   * @param base the head of the ground truth's change log, 0 or more; every row up to it counts as
   *     reflected
   * @param baseTag the tag of that row; 0 if base is 0
   * @return whether the space can be used now; false as for {@link #state}
   */
  boolean begin(CacheSpace space, long base, long baseTag);

  /**
   * Reads ids, tombstones included. What cannot be understood counts as not held.
   *
   * @param space where; was begun
   * @param ids distinct ids
   * @return what is held of them, with the sequence of the commit
   */
  Map<String, Entry> get(CacheSpace space, Collection<String> ids);

  /**
   * Tells what was committed or read, so that nothing older is left or comes back.
   *
   * @param space where; was begun
   * @param writes each id once
   * @param head gives the head of the ground truth's change log as of a moment after it was asked,
   *     or −1 if it cannot; asked at most once, on this thread, if a lane has lost its number
   * @return an outcome for each
   */
  List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head);

  /**
   * An origin's own rows are reflected further than was known. Does nothing, and returns false, if
   * the position is not {@code from} any more.
   *
   * @param space where; was begun
   * @param origin an instance
   * @param from its {@link CacheState#position} as it was read
   * @param to its position now, above {@code from}
   * @return whether it is {@code to} now
   */
  boolean move(CacheSpace space, String origin, long from, long to);

  /**
   * All rows are reflected further than was known; positions that say no more than that are
   * forgotten. Does nothing, and returns false, if the base is not {@code from} any more.
   *
   * @param space where; was begun
   * @param from the {@link CacheState#base} as it was read
   * @param to the base now, above {@code from}
   * @param tag the tag of that row
   * @return whether it is {@code to} now
   */
  boolean advance(CacheSpace space, long from, long to, long tag);

  /**
   * Reads what is really held, without the contents, page by page; nothing is kept open between
   * pages, and any instance may ask for the next one. What is held during the whole scan comes at
   * least once, what is held for a part of it may; an id may come twice.
   *
   * @param space where; was begun
   * @param cursor {@link CachePage#next} of the page before; null for the first
   * @param limit about how many, 1 or more; there may be fewer, or none, also before the end
   * @return a page
   * @throws IllegalArgumentException if {@code limit} is below 1, or the cache can tell that the
   *     cursor is none
   * @throws io.syncengine.model.TierUnavailableException also if what holds the space has changed
   *     such that this page cannot be read; to be asked for again, and if that stays so, the scan
   *     begun anew
   */
  CachePage scan(CacheSpace space, @Nullable String cursor, int limit);

  /**
   * Deletes what is held of ids, also what cannot be understood. That is no more than eviction
   * does: what was told to lanes stays, so that nothing older is made afterwards.
   *
   * @param space where; was begun
   * @param ids distinct ids, and what {@link CachePage#unreadable} has in the place of one
   */
  void remove(CacheSpace space, Collection<String> ids);
}
