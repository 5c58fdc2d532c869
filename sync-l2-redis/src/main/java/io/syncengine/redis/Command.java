// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One command of Redis. Immutable, as long as nobody changes the arrays.
 *
 * @param name the command's name
 * @param arguments the words after it
 */
record Command(String name, List<byte[]> arguments) {
  /** Collects the words of a command; for one thread. */
  static final class Builder {
    private final String name;
    private final List<byte[]> arguments = new ArrayList<>();

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

    Command build() {
      return new Command(name, List.copyOf(arguments));
    }
  }

  static Builder of(String name) {
    return new Builder(name);
  }

  /** Without the arguments, which may be contents or passwords. */
  @Override
  public String toString() {
    return name;
  }
}
