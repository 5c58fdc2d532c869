// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * Makes existence filters.
 *
 * @since 0.1
 */
public interface ExistenceFilterProvider extends Provider {
  /**
   * Makes an empty filter.
   *
   * @param expected how many ids it should have room for, 0 or more
   * @return the filter
   */
  ExistenceFilter create(long expected);

  /**
   * Reads a filter that one of this provider's wrote.
   *
   * @param in where from; not closed, read to the filter's end and no further
   * @return the filter
   * @throws IOException if it is cut off, damaged, or of a version that is not known
   */
  ExistenceFilter read(InputStream in) throws IOException;
}
