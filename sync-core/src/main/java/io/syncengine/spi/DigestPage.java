// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * Digests as of one moment.
 *
 * @param databaseId which database answered
 * @param sequence the change row up to which they are exact
 * @param digests one for each node asked for, in that order, each of {@link Leaf#BYTES} bytes; not
 *     to be changed
 * @since 0.1
 */
public record DigestPage(String databaseId, long sequence, List<byte[]> digests) {
  /**
   * Copies the list.
   *
   * @param databaseId see {@link #databaseId()}
   * @param sequence see {@link #sequence()}
   * @param digests see {@link #digests()}
   */
  public DigestPage {
    digests = List.copyOf(digests);
  }
}
