// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.model.ReadResult;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The deletes that were written: of an id that is absent the filter does not say by which of them.
 * Safe from any thread.
 */
final class Deletes {
  private final Map<String, ConcurrentSkipListSet<Long>> versions = new ConcurrentHashMap<>();

  void add(String id, long version) {
    versions.computeIfAbsent(id, k -> new ConcurrentSkipListSet<>()).add(version);
  }

  /**
   * The version that a read has shown; of an absence without one that of the first delete that may
   * have been meant.
   *
   * @param least the reader may see nothing below it
   * @return 0 if no write at or above {@code least} has made the id absent
   */
  long versionOf(String id, ReadResult result, long least) {
    if (result.source() != Source.FILTER) {
      return result.revision().map(Revision::version).orElse(0L);
    }
    ConcurrentSkipListSet<Long> known = versions.get(id);
    Long delete = least == 0 || known == null ? null : known.ceiling(least);
    return delete == null ? 0 : delete;
  }
}
