// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store of one test of the {@link TierContract}: opens tiers on it, remembers them, and checks
 * and closes them in the end. For one thread, but for what is said otherwise.
 *
 * @since 0.1
 */
public final class TierFixture {
  private final Supplier<Tier> maker;
  private final TestTierConfig config;
  private final List<Tier> opened = new ArrayList<>();
  private @Nullable TierInfo info;
  private boolean restored;
  private boolean trimmed;

  TierFixture(Supplier<Tier> maker, TestTierConfig config) {
    this.maker = maker;
    this.config = config;
  }

  /**
   * The configuration of {@link #open()}.
   *
   * @return the configuration
   */
  public TestTierConfig config() {
    return config;
  }

  /**
   * A tier on the test's store.
   *
   * @return a tier that is not open and will not be closed by this object
   */
  public Tier unopened() {
    return maker.get();
  }

  /**
   * A tier on the test's store.
   *
   * @return an open tier
   */
  public Tier open() {
    return open(config);
  }

  /**
   * A tier on the test's store.
   *
   * @param with how to open it
   * @return an open tier
   */
  public Tier open(TestTierConfig with) {
    Tier tier = maker.get();
    info = tier.open(with);
    opened.add(tier);
    return tier;
  }

  /**
   * What the latest {@link #open} found.
   *
   * @return the info
   * @throws IllegalStateException if none was opened
   */
  public TierInfo info() {
    if (info == null) {
      throw new IllegalStateException("no tier was opened; call open() before");
    }
    return info;
  }

  /**
   * Applies entries of distinct ids, in any order.
   *
   * @param tier an open tier
   * @param entries the entries
   * @return outcomes in the order of the ids' bytes, and the row
   */
  public ApplyResult apply(Tier tier, Entry... entries) {
    return tier.apply(Entries.batch(entries));
  }

  /** Applies entries of which at least one is to be written, in a tier with a change log. */
  ChangeRow commit(Tier tier, Entry... entries) {
    return present(apply(tier, entries).row(), "change row");
  }

  /**
   * Applies one entry.
   *
   * @param tier an open tier
   * @param entry the entry
   * @return its outcome
   */
  public ItemOutcome applyOne(Tier tier, Entry entry) {
    return tier.apply(List.of(entry)).outcomes().get(0);
  }

  /**
   * Loads one id.
   *
   * @param tier an open tier
   * @param id the id
   * @return the entry, a tombstone too; null if the tier holds none
   */
  public @Nullable Entry load(Tier tier, String id) {
    Map<String, Entry> found = tier.load(List.of(id)).found();
    assertThat(List.of(id)).as("no id that was not asked for").containsAll(found.keySet());
    return found.get(id);
  }

  /** Loads one id that has to be there, if only as a tombstone. */
  Entry loadExisting(Tier tier, String id) {
    return present(load(tier, id), "entry");
  }

  /**
   * The tier's change log; the test is skipped if it has none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public ChangeLog changeLog(Tier tier) {
    return capability(tier, ChangeLog.class);
  }

  /**
   * The tier's scan; the test is skipped if it has none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public Scannable scannable(Tier tier) {
    return capability(tier, Scannable.class);
  }

  /**
   * The tier's headers; the test is skipped if it gives none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public Headers headers(Tier tier) {
    return capability(tier, Headers.class);
  }

  /**
   * The tier's digests; the test is skipped if it keeps none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public Digests digests(Tier tier) {
    return capability(tier, Digests.class);
  }

  /** Takes all change rows into the digests, if the tier keeps any. */
  void fold(Tier tier) {
    tier.capability(Digests.class).ifPresent(Digests::fold);
  }

  /**
   * The tier's restore; the test is skipped if it has none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public Restore restore(Tier tier) {
    restored = true;
    return capability(tier, Restore.class);
  }

  /** Whether change rows may tell of ids as absent that were there. */
  boolean restored() {
    return restored;
  }

  /**
   * The tier's retention of change rows; the test is skipped if it has none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public ChangeRetention retention(Tier tier) {
    trimmed = true;
    return capability(tier, ChangeRetention.class);
  }

  /** Whether the oldest change rows may be gone. */
  boolean trimmed() {
    return trimmed;
  }

  /**
   * The tier's purge; the test is skipped if it has none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public TombstonePurge purge(Tier tier) {
    return capability(tier, TombstonePurge.class);
  }

  /**
   * The tier's generations of caches; the test is skipped if it keeps none.
   *
   * @param tier an open tier
   * @return the capability
   */
  public CacheGenerations generations(Tier tier) {
    return capability(tier, CacheGenerations.class);
  }

  /**
   * All change rows from the first on.
   *
   * @param tier an open tier
   * @return the rows, read in pages
   */
  public List<ChangeRow> allRows(Tier tier) {
    ChangeLog log = changeLog(tier);
    List<ChangeRow> rows = new ArrayList<>();
    for (List<ChangeRow> page = log.poll(1, 100).rows(); !page.isEmpty(); ) {
      rows.addAll(page);
      page = log.poll(rows.get(rows.size() - 1).sequence() + 1, 100).rows();
    }
    return rows;
  }

  /**
   * All live entries, read in pages.
   *
   * @param tier an open tier
   * @return the entries by rising id bytes
   */
  public List<Entry> allLive(Tier tier) {
    Scannable scannable = scannable(tier);
    List<Entry> entries = new ArrayList<>();
    for (List<Entry> page = scannable.scan(IdRange.ALL, null, 100); !page.isEmpty(); ) {
      entries.addAll(page);
      page = scannable.scan(IdRange.ALL, entries.get(entries.size() - 1).id(), 100);
    }
    return entries;
  }

  /**
   * Whether two entries are the same in all that is stored.
   *
   * @param actual what a tier returned; null is an entry that is missing
   * @param expected what was written; its sequence and base are not looked at
   */
  public void assertStored(@Nullable Entry actual, Entry expected) {
    assertSameStored(present(actual, "entry"), expected);
  }

  /** Whether two entries are the same in all that is stored, but for the sequence. */
  static void assertSameStored(Entry actual, Entry expected) {
    assertThat(actual.id()).isEqualTo(expected.id());
    assertThat(actual.revision()).as("revision").isEqualTo(expected.revision());
    assertThat(actual.version()).as("version").isEqualTo(expected.version());
    assertThat(actual.tombstone()).as("tombstone").isEqualTo(expected.tombstone());
    assertThat(actual.content()).as("content").isEqualTo(expected.content());
    assertThat(actual.contentLength()).as("length").isEqualTo(expected.contentLength());
    assertThat(actual.acceptedAtMillis()).as("time").isEqualTo(expected.acceptedAtMillis());
    assertThat(actual.codec()).as("codec").isEqualTo(expected.codec());
    assertThat(actual.mergeType()).as("merge type").isEqualTo(expected.mergeType());
    assertThat(actual.origin()).as("origin").isEqualTo(expected.origin());
    assertThat(actual.traceParent()).as("traceparent").isEqualTo(expected.traceParent());
    assertThat(actual.traceState()).as("tracestate").isEqualTo(expected.traceState());
  }

  /** Checks what must hold after every test, on the store as it is now. */
  void checkInvariants() {
    Tier tier = maker.get();
    if (opened.isEmpty()) {
      return;
    }
    tier.open(config);
    try {
      if (tier.capability(ChangeLog.class).isPresent()) {
        TierInvariants.check(this, tier);
      }
    } finally {
      tier.close();
    }
  }

  void close() {
    opened.forEach(Tier::close);
    opened.clear();
  }

  private static <C> C capability(Tier tier, Class<C> type) {
    assumeTrue(tier.capability(type).isPresent(), () -> "no " + type.getSimpleName());
    return tier.capability(type).orElseThrow();
  }
}
