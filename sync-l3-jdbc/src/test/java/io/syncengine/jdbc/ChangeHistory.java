// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The whole change log of a database, which must tell exactly how its rows came to be. */
public final class ChangeHistory {
  private static final int PAGE = 100;

  private final JdbcTier tier;
  private final Map<String, Revision> followed = new HashMap<>();
  private final byte[] sum = new byte[Leaf.BYTES];

  /** The history of an open tier to which nobody writes meanwhile, and nothing was purged. */
  public ChangeHistory(JdbcTier tier) {
    this.tier = tier;
  }

  /**
   * Checks that the sequence is dense, each change is above what was there before it and names it,
   * and rows and digest are what follows from all of them; returns the number of change rows.
   */
  public long check() {
    long next = 1;
    List<ChangeRow> rows = tier.poll(next, PAGE).rows();
    while (!rows.isEmpty()) {
      for (ChangeRow row : rows) {
        assertThat(row.sequence()).isEqualTo(next++);
        row.changes().forEach(this::follow);
      }
      rows = tier.poll(next, PAGE).rows();
    }
    assertThat(tier.poll(1, 0).head()).isEqualTo(next - 1);
    checkRows();
    return next - 1;
  }

  private void follow(Change c) {
    Revision before = followed.put(c.id(), c.revision());
    assertThat(c.before()).isEqualTo(Before.of(before).state());
    assertThat(c.revision().isAbove(before)).isTrue();
    Leaf.add(sum, c.leafDelta());
  }

  private void checkRows() {
    Map<String, Revision> stored = new HashMap<>();
    tier.load(followed.keySet()).found().forEach((id, entry) -> stored.put(id, entry.revision()));
    assertThat(stored).isEqualTo(followed);
    byte[] live = new byte[Leaf.BYTES];
    for (Entry e : tier.scan(IdRange.ALL, null, Integer.MAX_VALUE)) {
      assertThat(followed).containsKey(e.id());
      Leaf.add(live, Leaf.of(e.id(), e.revision()));
    }
    assertThat(sum).as("the digest").isEqualTo(live);
  }
}
