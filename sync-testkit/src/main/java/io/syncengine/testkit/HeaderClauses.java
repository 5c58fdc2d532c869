// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.ACCEPTED_AT;
import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.ItemId;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: what is there without its content, and as of which commit.
 *
 * @since 0.1
 */
public interface HeaderClauses extends TierClauses {
  /** Values and tombstones, each as it is stored. */
  @Test
  default void headersTellOfValuesAndTombstones() {
    Tier tier = tiers().open();
    Headers headers = tiers().headers(tier);
    Entry live = value("a", 3, "x").toBuilder().acceptedAtMillis(ACCEPTED_AT + 7).build();
    Entry dead = tombstone("b", 2);
    tiers().apply(tier, live, value("b", 1, "y"));
    tiers().apply(tier, dead);

    List<Header> page = headers.headers(IdRange.ALL, null, 10).headers();

    assertThat(page).hasSize(2);
    assertHeader(page.get(0), live);
    assertHeader(page.get(1), dead);
    assertThat(page.get(0).live()).isTrue();
    assertThat(page.get(1).live()).isFalse();
    assertThat(page.get(1).leaf()).isEqualTo(new byte[Leaf.BYTES]);
  }

  /** The order of UTF-8 bytes, tombstones among the values. */
  @Test
  default void headersAreInByteOrder() {
    Tier tier = tiers().open();
    Headers headers = tiers().headers(tier);
    List<String> ids = StorageClauses.DISTINCT_IDS.stream().sorted(ItemId.BYTE_ORDER).toList();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      entries.add(i % 2 == 0 ? value(ids.get(i), 1, "x") : tombstone(ids.get(i), 1));
    }
    tier.apply(entries);

    assertThat(walk(headers, IdRange.ALL, 3)).containsExactlyElementsOf(ids);
    assertThat(walk(headers, IdRange.ALL, 1_000)).containsExactlyElementsOf(ids);
  }

  /** Range and page bounds are those of a scan. */
  @Test
  default void pagesOfHeadersJoinWithoutGapOrOverlap() {
    Tier tier = tiers().open();
    Headers headers = tiers().headers(tier);
    tiers().apply(tier, value("a", 1, "x"), tombstone("a.b", 1), value("a.b.c", 1, "x"));
    tiers().apply(tier, tombstone("a.c", 1), value("b", 1, "x"));

    assertThat(ids(headers, "a.b", "b", null, 10)).containsExactly("a.b", "a.b.c", "a.c");
    assertThat(ids(headers, "a.b", "b", null, 2)).containsExactly("a.b", "a.b.c");
    assertThat(ids(headers, "a.b", "b", "a.b.c", 2)).containsExactly("a.c");
    assertThat(ids(headers, "a.b", "b", "a", 1)).containsExactly("a.b");
    assertThat(ids(headers, "a.b", "b", "a.bb", 9)).containsExactly("a.c");
    assertThat(ids(headers, "a.b", "b", "a.c", 9)).isEmpty();
    assertThat(ids(headers, "b", "a", null, 9)).isEmpty();
    assertThat(ids(headers, null, "a.b", null, 9)).containsExactly("a");
    assertThat(ids(headers, null, null, "a.c", 9)).containsExactly("b");
    assertThatThrownBy(() -> headers.headers(IdRange.ALL, null, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The head goes with the page, also where nothing is. */
  @Test
  default void aPageOfHeadersTellsTheHeadAndTheDatabase() {
    Tier tier = tiers().open();
    Headers headers = tiers().headers(tier);
    HeaderPage empty = headers.headers(IdRange.ALL, null, 10);
    assertThat(empty.sequence()).isZero();
    assertThat(empty.headers()).isEmpty();
    assertThat(empty.databaseId()).isEqualTo(tiers().info().databaseId());

    long head = tiers().commit(tier, value("a", 1, "x"), value("b", 1, "x")).sequence();

    assertThat(headers.headers(IdRange.ALL, null, 1).sequence()).isEqualTo(head);
    assertThat(headers.headers(new IdRange("c", null), null, 1).sequence()).isEqualTo(head);
    assertThat(headers.headers(new IdRange("c", null), null, 1).headers()).isEmpty();
  }

  /** One moment: a page and the change rows behind its sequence make an exact picture. */
  @Test
  default void aPageOfHeadersIsAsOfOneCommit() {
    Tier reader = tiers().open();
    Headers headers = tiers().headers(reader);
    Tier writer = tiers().open(tiers().config().withInstanceId("writer"));
    tiers().changeLog(writer);
    int commits = 60;
    CompletableFuture<Void> writing =
        Concurrently.run(
            () -> {
              for (int version = 1; version <= commits; version++) {
                int now = version;
                Entry[] pair = {value("a", now, "x"), value("z", now, "x")};
                Concurrently.retried(() -> tiers().apply(writer, pair));
              }
              return null;
            });
    List<HeaderPage> pages = new ArrayList<>();
    while (!writing.isDone()) {
      pages.add(Concurrently.retried(() -> headers.headers(IdRange.ALL, null, 10)));
    }
    writing.join();
    pages.add(headers.headers(IdRange.ALL, null, 10));

    Map<Long, Long> versions = new HashMap<>();
    for (ChangeRow row : tiers().allRows(writer)) {
      versions.put(row.sequence(), row.changes().get(0).revision().version());
    }
    for (HeaderPage page : pages) {
      List<Long> seen = page.headers().stream().map(HeaderClauses::version).toList();
      Long version = versions.get(page.sequence());
      assertThat(seen)
          .as("as of %d", page.sequence())
          .isEqualTo(version == null ? List.of() : List.of(version, version));
    }
  }

  private static void assertHeader(Header header, Entry entry) {
    assertThat(header.id()).isEqualTo(entry.id());
    assertThat(header.revision()).isEqualTo(entry.revision());
    assertThat(header.acceptedAtMillis()).isEqualTo(entry.acceptedAtMillis());
    assertThat(header.leaf()).isEqualTo(Leaf.of(entry.id(), entry.revision()));
  }

  private static long version(Header header) {
    return Present.present(header.revision(), "revision").version();
  }

  private static List<String> walk(Headers headers, IdRange range, int limit) {
    List<String> ids = new ArrayList<>();
    String after = null;
    List<Header> page;
    do {
      page = headers.headers(range, after, limit).headers();
      page.forEach(h -> ids.add(h.id()));
      after = ids.isEmpty() ? null : ids.get(ids.size() - 1);
    } while (page.size() == limit);
    return ids;
  }

  private static List<String> ids(
      Headers headers,
      @Nullable String from,
      @Nullable String to,
      @Nullable String after,
      int limit) {
    return headers.headers(new IdRange(from, to), after, limit).headers().stream()
        .map(Header::id)
        .toList();
  }
}
