// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.spi.Codec;
import io.syncengine.spi.Entry;
import io.syncengine.spi.MergeStrategy;

/** The roles that need no provider: content as it is, and the last writer wins. */
final class Defaults {
  static final Codec IDENTITY =
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

  static final MergeStrategy LAST_WRITER_WINS =
      new MergeStrategy() {
        @Override
        public byte type() {
          return Entry.LAST_WRITER_WINS;
        }

        @Override
        public Entry merge(Entry ours, Entry theirs) {
          return ours.isAbove(theirs) ? ours : theirs;
        }
      };

  private Defaults() {}
}
