// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A set of ids that may answer "perhaps" for one that it does not hold, never "no" for one that it
 * does. It is a multiset: what was added twice has to be removed twice. Ids are given by their
 * {@link IdHash}.
 *
 * <p>{@link #mightContain} is safe from any thread, takes no lock, and sees everything that was
 * added before it was called; what only tells ({@link #count}, {@link #capacity}, {@link #bytes},
 * {@link #falsePositiveRate}) is safe from any thread too. {@link #add}, {@link #remove} and {@link
 * #writeTo} are for one thread at a time.
 *
 * @since 0.1
 */
public interface ExistenceFilter {
  /**
   * Whether an id may be in the set.
   *
   * @param hash from {@link IdHash#of(String)}
   * @return false only if it is not
   */
  boolean mightContain(long hash);

  /**
   * Adds an id.
   *
   * @param hash from {@link IdHash#of(String)}
   * @return false if there is no room: nothing was added, and everything else is still there. A
   *     filter may have no room for one hash (eight copies of it, in a cuckoo filter) while it has
   *     for others, and then a larger one has none either
   */
  boolean add(long hash);

  /**
   * Removes an id that was added; of one that was not, it could remove another.
   *
   * @param hash from {@link IdHash#of(String)}
   * @return false if nothing like it is there
   */
  boolean remove(long hash);

  /**
   * How many it holds.
   *
   * @return the count, one that was added twice counted twice
   */
  long count();

  /**
   * How many it can hold before it should be replaced by a larger one.
   *
   * @return a count; a few more may still find room
   */
  long capacity();

  /**
   * The memory that it takes.
   *
   * @return bytes
   */
  long bytes();

  /**
   * How often it answers "perhaps" for an id that it does not hold, as it is filled now.
   *
   * @return 0 to 1
   */
  double falsePositiveRate();

  /**
   * Writes it in the form that {@link ExistenceFilterProvider#read} reads, with a version and a
   * checksum.
   *
   * @param out where to; not closed
   * @throws IOException if that failed
   */
  void writeTo(OutputStream out) throws IOException;
}
