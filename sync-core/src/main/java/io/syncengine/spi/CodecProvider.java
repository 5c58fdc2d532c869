// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Makes codecs.
 *
 * @since 0.1
 */
public interface CodecProvider extends Provider {
  /**
   * The codec.
   *
   * @return the codec
   */
  Codec create();
}
