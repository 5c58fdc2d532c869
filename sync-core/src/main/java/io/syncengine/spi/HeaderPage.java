// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * Headers as of one moment.
 *
 * @param databaseId which database answered; another id means another history
 * @param sequence the head of the change log at that moment: every commit up to it is seen, none
 *     above it
 * @param headers the headers, by rising id bytes
 * @since 0.1
 */
public record HeaderPage(String databaseId, long sequence, List<Header> headers) {
  /**
   * Copies the list.
   *
   * @param databaseId see {@link #databaseId()}
   * @param sequence see {@link #sequence()}
   * @param headers see {@link #headers()}
   */
  public HeaderPage {
    headers = List.copyOf(headers);
  }
}
