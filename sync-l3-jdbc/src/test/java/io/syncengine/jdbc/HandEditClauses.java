// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of rows that were changed behind the engine's back, on any database. */
interface HandEditClauses {
  /** The test's database. */
  JdbcFixture db();

  @Test
  default void aDamagedRowHasAHeaderWithoutARevision() {
    JdbcTier tier = db().open();
    tier.apply(List.of(value("a", 1, "x"), value("b", 1, "x"), value("c", 1, "x")));
    tier.apply(List.of(tombstone("d", 1)));
    db().sql(
            "UPDATE items SET content_hash = NULL WHERE sequence = 1 AND version = 1 AND bucket = "
                + IdHash.bucket(IdHash.of("a")),
            "UPDATE items SET version = 0 WHERE bucket = " + IdHash.bucket(IdHash.of("b")),
            "UPDATE items SET leaf = X'00' WHERE bucket = " + IdHash.bucket(IdHash.of("c")));

    List<Header> page = tier.headers(IdRange.ALL, null, 10).headers();

    assertThat(page).extracting(Header::id).containsExactly("a", "b", "c", "d");
    assertThat(page.subList(0, 3)).allMatch(h -> h.revision() == null && h.live());
    assertThat(page).allMatch(h -> h.leaf().length == Leaf.BYTES);
    assertThat(page.get(3).live()).isFalse();
    tier.close();
  }
}
