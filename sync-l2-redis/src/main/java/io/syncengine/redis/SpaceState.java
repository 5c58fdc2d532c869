// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.spi.CacheState;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Redis holds as the state of a space.
 *
 * @param born random, made when it was begun: another one means that it was begun a second time
 * @param nodes the servers that it was told to
 * @param state up to where they reflect the ground truth
 */
record SpaceState(long born, Set<String> nodes, CacheState state) {
  private static final String NODE = "node:";
  private static final String POSITION = "pos:";

  /** Reads fields and values; null if they are not, or not all, those of a state. */
  static @Nullable SpaceState decode(List<?> fieldsAndValues) {
    Map<String, Long> numbers = new HashMap<>();
    Map<String, Long> positions = new HashMap<>();
    Set<String> nodes = new HashSet<>();
    for (int i = 0; i + 1 < fieldsAndValues.size(); i += 2) {
      String field = new String((byte[]) fieldsAndValues.get(i), UTF_8);
      byte[] value = (byte[]) fieldsAndValues.get(i + 1);
      if (field.startsWith(NODE)) {
        nodes.add(field.substring(NODE.length()));
      } else if (value.length == Long.BYTES) {
        long number = ByteBuffer.wrap(value).getLong();
        if (field.startsWith(POSITION)) {
          positions.put(field.substring(POSITION.length()), number);
        } else {
          numbers.put(field, number);
        }
      }
    }
    Long base = numbers.get("base");
    Long tag = numbers.get("tag");
    Long born = numbers.get("born");
    if (base == null || base < 0 || tag == null || born == null) {
      return null;
    }
    positions.values().removeIf(position -> position <= base);
    return new SpaceState(born, nodes, new CacheState(base, tag, positions));
  }
}
