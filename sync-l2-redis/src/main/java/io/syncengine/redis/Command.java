// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command of Redis. Immutable, as long as nobody changes the arrays.
 *
 * @param name the command's name
 * @param arguments the words after it
 * @param keyAt which of them is the first key; {@value #NO_KEY} if there is none
 */
record Command(String name, List<byte[]> arguments, int keyAt) {
  private static final int NO_KEY = -1;

  /** Collects the words of a command; for one thread. */
  static final class Builder {
    private final String name;
    private final List<byte[]> arguments = new ArrayList<>();
    private int keyAt = NO_KEY;

    private Builder(String name) {
      this.name = name;
    }

    Builder add(byte[] word) {
      arguments.add(word);
      return this;
    }

    Builder add(String word) {
      return add(word.getBytes(StandardCharsets.UTF_8));
    }

    Builder add(long number) {
      return add(Long.toString(number));
    }

    /** Adds a key; all keys of a command have to be of one slot, if it is for a Cluster. */
    Builder addKey(byte[] key) {
      if (keyAt == NO_KEY) {
        keyAt = arguments.size();
      }
      return add(key);
    }

    Command build() {
      return new Command(name, List.copyOf(arguments), keyAt);
    }
  }

  static Builder of(String name) {
    return new Builder(name);
  }

  /** Its first key; null if it has none. */
  byte @Nullable [] key() {
    return keyAt == NO_KEY ? null : arguments.get(keyAt);
  }

  /** Without the arguments, which may be contents or passwords. */
  @Override
  public String toString() {
    return name;
  }
}
