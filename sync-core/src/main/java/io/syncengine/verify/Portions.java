// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cuts what is to be asked of a tier into as much as one call may take. */
final class Portions {
  /** Of how many ids a call asks for the contents, each of which may have many megabytes. */
  static final int CONTENTS = 64;

  /** Of how many buckets a call asks for the headers. */
  static final int BUCKETS = 256;

  private Portions() {}

  /** Maps of at most {@code size} entries, which together hold all, in order. */
  static <V> List<Map<String, V>> of(Map<String, V> all, int size) {
    List<Map<String, V>> portions = new ArrayList<>();
    Map<String, V> last = Map.of();
    for (Map.Entry<String, V> one : all.entrySet()) {
      if (portions.isEmpty() || last.size() == size) {
        last = new LinkedHashMap<>();
        portions.add(last);
      }
      last.put(one.getKey(), one.getValue());
    }
    return portions;
  }

  /** Lists of at most {@code size} elements, which together hold all, in order. */
  static <T> List<List<T>> of(List<T> all, int size) {
    List<List<T>> portions = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      portions.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return portions;
  }
}
