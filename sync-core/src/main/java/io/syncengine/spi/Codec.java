// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Turns content into what is stored and back. Stateless or safe from any thread.
 *
 * @since 0.1
 */
public interface Codec {
  /** Stores content as it is. */
  Codec IDENTITY =
      new Codec() {
        @Override
        public byte id() {
          return Entry.IDENTITY_CODEC;
        }

        @Override
        public byte[] encode(byte[] content) {
          return content;
        }

        @Override
        public byte[] decode(byte[] stored) {
          return stored;
        }
      };

  /**
   * The byte that marks what it made, in rows and envelopes.
   *
   * @return {@link Entry#IDENTITY_CODEC} for the identity; unique
   */
  byte id();

  /**
   * Encodes.
   *
   * @param content the content; not changed
   * @return what to store; may be the same array
   */
  byte[] encode(byte[] content);

  /**
   * Decodes.
   *
   * @param stored what {@link #encode} returned; not changed
   * @return the content; may be the same array
   * @throws io.syncengine.model.CorruptDataException if it cannot be decoded
   */
  byte[] decode(byte[] stored);
}
