// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.VersionMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the data of a namespace is: a hash beside the head. Values are text. */
final class Meta {
  /** The format that this release writes. */
  private static final int FORMAT = 2;

  private static final String FORMAT_KEY = "format";
  private static final String READABLE_FROM = "readable_from";
  private static final String VERSION_MODE = "version_mode";
  private static final Map<String, String> KNOWN =
      Map.of("id_hash", "xxh64", "codec", "none", "merge", "lww");

  private Meta() {}

  /** Names and values of a new ground truth, in turn. */
  static List<byte[]> ofNew(VersionMode mode) {
    Map<String, String> values = new HashMap<>(KNOWN);
    values.put(FORMAT_KEY, Integer.toString(FORMAT));
    values.put(READABLE_FROM, Integer.toString(FORMAT));
    values.put(VERSION_MODE, text(mode));
    List<byte[]> words = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          words.add(name.getBytes(StandardCharsets.UTF_8));
          words.add(value.getBytes(StandardCharsets.UTF_8));
        });
    return words;
  }

  /**
   * Checks what stands there.
   *
   * @param words names and values in turn, as HGETALL replies them
   * @return why this release cannot use it and what to do, or null if it can
   */
  static @Nullable String unfit(List<?> words, VersionMode mode) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i + 1 < words.size(); i += 2) {
      values.put(text(words.get(i)), text(words.get(i + 1)));
    }
    int readableFrom = number(values.get(READABLE_FROM));
    if (readableFrom < 1) {
      return "it has keys of these names that another program made; choose another namespace or"
          + " database";
    }
    if (readableFrom > FORMAT) {
      return "its data was written by a newer release; use that release";
    }
    if (number(values.get(FORMAT_KEY)) < FORMAT) {
      return "its data was written by an earlier release; open it for writing once";
    }
    if (!text(mode).equals(values.get(VERSION_MODE))) {
      return "its data was made with version_mode="
          + values.get(VERSION_MODE)
          + ", which cannot be changed; configure that, or use another namespace or database";
    }
    for (Map.Entry<String, String> known : KNOWN.entrySet()) {
      String stored = values.get(known.getKey());
      if (!known.getValue().equals(stored)) {
        return "its data needs "
            + known.getKey()
            + "="
            + stored
            + ", which is not here; use the release that wrote it";
      }
    }
    return null;
  }

  private static String text(VersionMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  private static int number(@Nullable String value) {
    return value != null && value.matches("\\d{1,9}") ? Integer.parseInt(value) : 0;
  }
}
