// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import io.syncengine.model.CorruptDataException;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.AlteredTier;

/** A tier in whose change log a row can be damaged. */
final class DamagedLog extends AlteredTier {
  /** Which row cannot be read; 0 for none. */
  volatile long damaged;

  DamagedLog(InMemoryTier inside) {
    super(inside);
  }

  @Override
  public ChangePage poll(long from, int limit) {
    ChangePage page = super.poll(from, limit);
    long bad = damaged;
    if (page.rows().stream().anyMatch(row -> row.sequence() == bad)) {
      throw new CorruptDataException("a row is damaged", null, "its checksum", "other bytes");
    }
    return page;
  }
}
