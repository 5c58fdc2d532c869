// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What figures of any database are made of: the same items, times, medians. */
final class Figures {
  static final int BATCH = 1_000;
  static final int ROUNDS = 9;

  /** The columns that a bare read takes, of the table that ours has. */
  static final String SELECT =
      "SELECT version, tombstone, content_hash, updated_at, codec, merge_type, sequence, origin,"
          + " trace_parent, trace_state, content FROM items WHERE id = ?";

  private final Random random = new Random(1);
  private final int keys;
  private long version;

  /**
   * Makes a source of items.
   *
   * @param keys how many ids there are
   */
  Figures(int keys) {
    this.keys = keys;
  }

  /** Something that takes time. */
  interface Work {
    void run() throws SQLException;
  }

  static double seconds(Work work) throws SQLException {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }

  static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  List<List<Entry>> batches(int count, int bytes) {
    List<List<Entry>> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      version++;
      Map<String, Entry> batch = new TreeMap<>();
      while (batch.size() < BATCH) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        String id = id();
        batch.put(id, Entries.value(id, version, content).toBuilder().origin("instance").build());
      }
      batches.add(Entries.batch(batch.values()));
    }
    return batches;
  }

  List<String> ids(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(id());
    }
    return ids;
  }

  private String id() {
    return "org.item." + Integer.toHexString(random.nextInt(keys) * 0x9E3779B1);
  }
}
