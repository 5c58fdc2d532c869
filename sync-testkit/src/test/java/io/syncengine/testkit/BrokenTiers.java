// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.VersionMode;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierArguments;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Tiers that each break one sentence of the contract. */
enum BrokenTiers implements Function<InMemoryTier, Tier> {
  NO_FENCE(
      tier ->
          new Opened(
              tier, c -> c.withFailPoints(new CrashPoints().leaveOut(FailPoint.TIER_FENCE)))),
  VERSION_MODE_NOT_CHECKED(tier -> new Opened(tier, c -> c.withVersionMode(VersionMode.ENGINE))),
  READ_ONLY_IGNORED(tier -> new Opened(tier, c -> c.withReadOnly(false))),
  NO_FAIL_POINTS(tier -> new Opened(tier, c -> c.withFailPoints(point -> true))),
  BASE_IGNORED(tier -> new Written(tier, e -> e.toBuilder().base(null).build())),
  ORIGIN_LOST(tier -> new Written(tier, e -> e.toBuilder().origin(null).build())),
  TRACE_LOST(tier -> new Written(tier, e -> e.toBuilder().trace(null, null).build())),
  MERGE_TYPE_LOST(tier -> new Written(tier, e -> e.toBuilder().mergeType((byte) 0).build())),
  TIME_LOST(tier -> new Written(tier, e -> e.toBuilder().acceptedAtMillis(7).build())),
  TOMBSTONES_HIDDEN(tier -> new Loaded(tier, e -> e.tombstone() ? null : e)),
  SEQUENCE_LOST(tier -> new Loaded(tier, e -> e.toBuilder().sequence(0).build())),
  LOAD_HEAD_UNKNOWN(
      tier ->
          new AlteredTier(tier) {
            @Override
            public LoadResult load(Collection<String> ids) {
              return new LoadResult(super.load(ids).found(), 0);
            }
          }),
  IDS_WITHOUT_CASE(
      tier ->
          new AlteredTier(tier) {
            @Override
            public LoadResult load(Collection<String> ids) {
              Map<String, Entry> found = new HashMap<>();
              for (String id : ids) {
                found.putAll(super.load(List.of(id)).found());
                found.putAll(super.load(List.of(id.toLowerCase(Locale.ROOT))).found());
              }
              return new LoadResult(found, super.load(ids).head());
            }
          }),
  BEFORE_ALWAYS_ABSENT(
      tier ->
          new Answered(
              tier,
              o -> o.kind() == ItemOutcome.Kind.APPLIED ? ItemOutcome.applied(Before.ABSENT) : o)),
  UNCHANGED_AS_STALE(
      tier ->
          new Answered(
              tier,
              o -> o.kind() == ItemOutcome.Kind.UNCHANGED ? ItemOutcome.stale(o.before()) : o)),
  EXPIRED_IS_RETRYABLE(
      tier ->
          new Answered(
              tier,
              o -> o.reason() == null ? o : ItemOutcome.failed(o.reason(), o.detail(), true))),
  ONE_COMMIT_AN_ENTRY(
      tier ->
          new AlteredTier(tier) {
            @Override
            public ApplyResult apply(List<Entry> batch) {
              List<ItemOutcome> outcomes = new ArrayList<>();
              ChangeRow row = null;
              for (Entry entry : batch) {
                ApplyResult result = super.apply(List.of(entry));
                outcomes.addAll(result.outcomes());
                row = result.row() == null ? row : result.row();
              }
              return new ApplyResult(outcomes, row, 0);
            }
          }),
  ROWS_WITHOUT_LEAVES(
      tier ->
          new Polled(
              tier,
              row ->
                  changed(
                      row,
                      c -> new Change(c.id(), c.revision(), c.before(), new byte[Leaf.BYTES])))),
  ROWS_WITHOUT_BEFORE_STATES(
      tier ->
          new Polled(
              tier,
              row ->
                  changed(
                      row,
                      c -> new Change(c.id(), c.revision(), Before.State.ABSENT, c.leafDelta())))),
  TAGS_ALL_ALIKE(
      tier ->
          new Polled(
              tier,
              r -> new ChangeRow(r.sequence(), 1, r.origin(), r.committedAtMillis(), r.changes()))),
  ROWS_AT_THE_TIME_OF_THE_WRITE(
      tier ->
          new Polled(
              tier,
              r ->
                  new ChangeRow(
                      r.sequence(), r.tag(), r.origin(), Entries.ACCEPTED_AT, r.changes()))),
  POLL_IS_EXCLUSIVE(
      tier ->
          new AlteredTier(tier) {
            @Override
            public ChangePage poll(long from, int limit) {
              return super.poll(from + 1, limit);
            }
          }),
  POLL_WITHOUT_LIMIT(
      tier ->
          new AlteredTier(tier) {
            @Override
            public ChangePage poll(long from, int limit) {
              return super.poll(from, 1_000);
            }
          }),
  SCAN_IN_UTF16_ORDER(
      tier ->
          new AlteredTier(tier) {
            @Override
            public List<Entry> scan(IdRange range, String after, int limit) {
              return super.scan(range, after, limit).stream()
                  .sorted(Comparator.comparing(Entry::id))
                  .toList();
            }
          }),
  SCAN_ENDS_INCLUSIVE(
      tier ->
          new AlteredTier(tier) {
            @Override
            public List<Entry> scan(IdRange range, String after, int limit) {
              String to = range.to() == null ? null : range.to() + " ";
              return super.scan(new IdRange(range.from(), to), after, limit);
            }
          }),
  SCAN_FORGETS_AFTER_BEYOND_THE_RANGE(
      tier ->
          new AlteredTier(tier) {
            @Override
            public List<Entry> scan(IdRange range, String after, int limit) {
              boolean inside = after == null || range.contains(after);
              return super.scan(range, inside ? after : null, limit);
            }
          }),
  HEADERS_WITHOUT_TOMBSTONES(
      tier ->
          new Headed(
              tier,
              page ->
                  new HeaderPage(
                      page.databaseId(),
                      page.sequence(),
                      page.headers().stream().filter(Header::live).toList()))),
  HEADERS_AS_OF_NO_COMMIT(
      tier ->
          new Headed(
              tier,
              page ->
                  new HeaderPage(
                      page.databaseId(), Math.max(0, page.sequence() - 1), page.headers()))),
  HEADERS_WITHOUT_LEAVES(
      tier ->
          new Headed(
              tier,
              page ->
                  new HeaderPage(
                      page.databaseId(),
                      page.sequence(),
                      page.headers().stream()
                          .map(
                              h ->
                                  new Header(
                                      h.id(),
                                      h.revision(),
                                      h.acceptedAtMillis(),
                                      new byte[Leaf.BYTES]))
                          .toList()))),
  DIGESTS_WITHOUT_VERSIONS(
      tier ->
          new AlteredTier(tier) {
            @Override
            public ApplyResult apply(List<Entry> batch) {
              ApplyResult result = super.apply(batch);
              byte[] sums = new byte[IdHash.BUCKETS * Leaf.BYTES];
              for (Header header : super.headers(IdRange.ALL, null, 10_000).headers()) {
                if (header.live()) {
                  sums[IdHash.bucket(IdHash.of(header.id())) * Leaf.BYTES + 31]++;
                }
              }
              inside.replaceDigests(super.poll(1, 0).head(), sums);
              return result;
            }
          }),
  DIGESTS_OF_OTHER_NODES(
      tier ->
          new AlteredTier(tier) {
            @Override
            public DigestPage digests(int level, List<Integer> nodes) {
              return super.digests(
                  level, level == 3 ? nodes.stream().map(n -> n ^ 1).sorted().toList() : nodes);
            }
          }),
  DIGESTS_AS_OF_NO_COMMIT(
      tier ->
          new AlteredTier(tier) {
            @Override
            public DigestPage digests(int level, List<Integer> nodes) {
              DigestPage real = super.digests(level, nodes);
              return new DigestPage(real.databaseId(), real.sequence() + 1, real.digests());
            }
          }),
  BUCKETS_WITHOUT_TOMBSTONES(
      tier ->
          new AlteredTier(tier) {
            @Override
            public HeaderPage buckets(List<Integer> buckets) {
              HeaderPage real = super.buckets(buckets);
              return new HeaderPage(
                  real.databaseId(),
                  real.sequence(),
                  real.headers().stream().filter(Header::live).toList());
            }
          }),
  DIGESTS_NOT_REPLACED(
      tier ->
          new AlteredTier(tier) {
            @Override
            public boolean replaceDigests(long sequence, byte[] buckets) {
              TierArguments.requireDigests(sequence, buckets);
              return true;
            }
          }),
  RESTORE_IS_AN_APPLY(
      tier ->
          new AlteredTier(tier) {
            @Override
            public ApplyResult restore(List<Entry> batch) {
              return super.apply(batch);
            }
          }),
  TRIM_WITHOUT_READERS(
      tier ->
          new AlteredTier(tier) {
            @Override
            public void register(String reader, long sequence) {
              TierArguments.requireReader(reader, sequence);
            }
          }),
  TRIM_NOTHING_FOR_A_LATE_READER(
      tier ->
          new AlteredTier(tier) {
            @Override
            public void register(String reader, long sequence) {
              List<ChangeRow> rows = super.poll(1, 1).rows();
              long oldest = rows.isEmpty() ? 1 : rows.get(0).sequence();
              super.register(reader, Math.max(sequence, oldest));
            }
          }),
  TRIM_WITHOUT_LIMIT(
      tier ->
          new AlteredTier(tier) {
            @Override
            public int trim(long committedBeforeMillis, long boundMillis, int limit) {
              TierArguments.requireTrim(committedBeforeMillis, boundMillis, limit);
              return super.trim(committedBeforeMillis, boundMillis, 1_000);
            }
          }),
  TRIM_BEYOND_THE_BOUND(
      tier ->
          new AlteredTier(tier) {
            @Override
            public int trim(long committedBeforeMillis, long boundMillis, int limit) {
              TierArguments.requireTrim(committedBeforeMillis, boundMillis, limit);
              return super.trim(committedBeforeMillis, committedBeforeMillis, limit);
            }
          }),
  PURGE_WITHOUT_LIMIT(
      tier ->
          new AlteredTier(tier) {
            @Override
            public int purge(long acceptedBeforeMillis, int limit) {
              return super.purge(acceptedBeforeMillis, 1_000);
            }
          }),
  PURGE_TAKES_THE_TIME_ITSELF(
      tier ->
          new AlteredTier(tier) {
            @Override
            public int purge(long acceptedBeforeMillis, int limit) {
              return super.purge(acceptedBeforeMillis + 1, limit);
            }
          }),
  GENERATION_RAISED_WHATEVER_WAS_SEEN(
      tier ->
          new AlteredTier(tier) {
            @Override
            public long raiseGeneration(long seen) {
              return super.raiseGeneration(super.poll(1, 0).generation());
            }
          }),
  GENERATION_NOT_POLLED(
      tier ->
          new AlteredTier(tier) {
            @Override
            public ChangePage poll(long from, int limit) {
              ChangePage real = super.poll(from, limit);
              return new ChangePage(real.databaseId(), real.head(), real.headTag(), real.rows(), 1);
            }
          }),
  CLOSED_ONLY_ONCE(
      tier ->
          new AlteredTier(tier) {
            @Override
            public void close() {
              super.close();
              super.close();
            }
          });

  private final Function<InMemoryTier, Tier> breaking;

  BrokenTiers(Function<InMemoryTier, Tier> breaking) {
    this.breaking = breaking;
  }

  @Override
  public Tier apply(InMemoryTier tier) {
    return breaking.apply(tier);
  }

  private static ChangeRow changed(ChangeRow row, UnaryOperator<Change> how) {
    return new ChangeRow(
        row.sequence(),
        row.tag(),
        row.origin(),
        row.committedAtMillis(),
        row.changes().stream().map(how).toList());
  }

  /** Opened otherwise than asked. */
  private static final class Opened extends AlteredTier {
    private final UnaryOperator<TestTierConfig> how;

    Opened(InMemoryTier tier, UnaryOperator<TestTierConfig> how) {
      super(tier);
      this.how = how;
    }

    @Override
    public TierInfo open(TierConfig config) {
      return super.open(how.apply((TestTierConfig) config));
    }
  }

  /** Writes something else. */
  private static final class Written extends AlteredTier {
    private final UnaryOperator<Entry> how;

    Written(InMemoryTier tier, UnaryOperator<Entry> how) {
      super(tier);
      this.how = how;
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      return super.apply(batch.stream().map(how).toList());
    }
  }

  /** Reads something else, or nothing where that is null. */
  private static final class Loaded extends AlteredTier {
    private final UnaryOperator<Entry> how;

    Loaded(InMemoryTier tier, UnaryOperator<Entry> how) {
      super(tier);
      this.how = how;
    }

    @Override
    public LoadResult load(Collection<String> ids) {
      LoadResult real = super.load(ids);
      Map<String, Entry> found =
          real.found().values().stream()
              .filter(e -> how.apply(e) != null)
              .collect(Collectors.toMap(Entry::id, how));
      return new LoadResult(found, real.head());
    }
  }

  /** Answers something else. */
  private static final class Answered extends AlteredTier {
    private final UnaryOperator<ItemOutcome> how;

    Answered(InMemoryTier tier, UnaryOperator<ItemOutcome> how) {
      super(tier);
      this.how = how;
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      ApplyResult real = super.apply(batch);
      return new ApplyResult(real.outcomes().stream().map(how).toList(), real.row(), 0);
    }
  }

  /** Gives other headers. */
  private static final class Headed extends AlteredTier {
    private final UnaryOperator<HeaderPage> how;

    Headed(InMemoryTier tier, UnaryOperator<HeaderPage> how) {
      super(tier);
      this.how = how;
    }

    @Override
    public HeaderPage headers(IdRange range, String after, int limit) {
      return how.apply(super.headers(range, after, limit));
    }
  }

  /** Polls something else. */
  private static final class Polled extends AlteredTier {
    private final UnaryOperator<ChangeRow> how;

    Polled(InMemoryTier tier, UnaryOperator<ChangeRow> how) {
      super(tier);
      this.how = how;
    }

    @Override
    public ChangePage poll(long from, int limit) {
      ChangePage real = super.poll(from, limit);
      return new ChangePage(
          real.databaseId(),
          real.head(),
          real.headTag(),
          real.rows().stream().map(how).toList(),
          real.generation());
    }
  }
}
