// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.ItemId;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Short ways to make entries in tests.
 *
 * @since 0.1
 */
public final class Entries {
  /** When these entries were accepted: milliseconds since the epoch, in November 2023. */
  public static final long ACCEPTED_AT = 1_700_000_000_000L;

  private Entries() {}

  /**
   * A value with text content, accepted at {@link #ACCEPTED_AT}.
   *
   * @param id the id
   * @param version 1 or more
   * @param content the content
   * @return the entry
   */
  public static Entry value(String id, long version, String content) {
    return value(id, version, content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A value with binary content, accepted at {@link #ACCEPTED_AT}.
   *
   * @param id the id
   * @param version 1 or more
   * @param content the content
   * @return the entry
   */
  public static Entry value(String id, long version, byte[] content) {
    return Entry.ofItem(SyncItem.of(id, content).stamped(version, ACCEPTED_AT));
  }

  /**
   * A delete, accepted at {@link #ACCEPTED_AT}.
   *
   * @param id the id
   * @param version 1 or more
   * @return the entry
   */
  public static Entry tombstone(String id, long version) {
    return Entry.ofTombstone(id, version, ACCEPTED_AT);
  }

  /**
   * A value with text content as a ground truth gives it, accepted at {@link #ACCEPTED_AT}.
   *
   * @param id the id
   * @param version 1 or more
   * @param content the content
   * @param sequence of the commit
   * @return the entry
   */
  public static Entry committed(String id, long version, String content, long sequence) {
    return value(id, version, content).toBuilder().sequence(sequence).build();
  }

  /**
   * A tombstone as a ground truth gives it, accepted at {@link #ACCEPTED_AT}.
   *
   * @param id the id
   * @param version 1 or more
   * @param sequence of the commit
   * @return the entry
   */
  public static Entry committedTombstone(String id, long version, long sequence) {
    return tombstone(id, version).toBuilder().sequence(sequence).build();
  }

  /**
   * A batch as a tier takes it.
   *
   * @param entries entries of distinct ids, in any order
   * @return the entries sorted by id bytes
   */
  public static List<Entry> batch(Entry... entries) {
    return batch(Arrays.asList(entries));
  }

  /**
   * A batch as a tier takes it.
   *
   * @param entries entries of distinct ids, in any order
   * @return the entries sorted by id bytes
   */
  public static List<Entry> batch(Collection<Entry> entries) {
    return entries.stream().sorted(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER)).toList();
  }
}
