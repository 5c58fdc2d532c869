// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.Revision;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Caches that each break one sentence of the contract. */
enum BrokenCaches implements Function<InMemoryCache, Tier> {
  LATER_WRITE_WINS(
      server ->
          new AlteredCache(server) {
            @Override
            public List<CacheOutcome> put(
                CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
              Revision above = Revision.ofTombstone(Long.MAX_VALUE);
              super.put(
                  space,
                  writes.stream().map(w -> CacheWrite.drop(w.id(), above, w.sequence())).toList(),
                  head);
              return super.put(space, writes, head);
            }
          }),
  EQUAL_VERSIONS_ARE_KEPT(
      server -> new Kept(server, (write, held) -> write.revision().version() == held.version())),
  REPLACED_BY_NEWER_SEQUENCES_ONLY(
      server -> new Kept(server, (write, held) -> write.sequence() < held.sequence())),
  DROPS_IGNORED(server -> new Kept(server, (write, held) -> write.entry() == null)),
  DROPS_TAKE_THE_CHANGE_ITSELF(
      server ->
          new Told(
              server,
              w ->
                  w.entry() == null
                      ? CacheWrite.drop(
                          w.id(), Revision.ofTombstone(w.revision().version() + 1), w.sequence())
                      : w)),
  LANES_IGNORED(
      server -> new Told(server, w -> sequence(w, w.entry() == null ? 1 : Long.MAX_VALUE))),
  DROPS_DO_NOT_COUNT_IN_LANES(
      server -> new Told(server, w -> w.entry() == null ? sequence(w, 1) : w)),
  LOST_LANES_TAKE_THE_SEQUENCE_OF_A_DROP(
      server ->
          new AlteredCache(server) {
            @Override
            public List<CacheOutcome> put(
                CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
              for (CacheWrite write : writes) {
                if (write.entry() == null) {
                  Entry lowest = Entries.committedTombstone(write.id(), 1, 1);
                  super.put(
                      space, List.of(CacheWrite.put(lowest, write.sequence())), write::sequence);
                }
              }
              return super.put(space, writes, head);
            }
          }),
  WHAT_IS_KEPT_DOES_NOT_COUNT_IN_LANES(
      server -> new Kept(server, (write, held) -> !write.revision().isAbove(held.revision()))),
  NOTHING_IS_MADE(server -> new Asking(server, head -> () -> -1)),
  HEAD_NOT_ASKED(server -> new Asking(server, head -> () -> 0)),
  HEAD_ASKED_TWICE(
      server ->
          new Asking(
              server,
              head ->
                  () -> {
                    head.getAsLong();
                    return head.getAsLong();
                  })),
  UNKNOWN_HEAD_TAKEN(server -> new Asking(server, head -> () -> Math.max(0, head.getAsLong()))),
  HEAD_ASKED_BEFORE_THE_LOSS_IS_NOTED(
      server ->
          new Asking(
              server,
              head -> {
                long asked = head.getAsLong();
                return () -> asked;
              })),
  HEAD_TAKEN_WHATEVER_WAS_LOST_SINCE(
      server ->
          new AlteredCache(server) {
            @Override
            public List<CacheOutcome> put(
                CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
              long[] asked = {-1};
              LongSupplier once = () -> asked[0] = head.getAsLong();
              List<CacheOutcome> outcomes = super.put(space, writes, once);
              return asked[0] >= 0 && outcomes.contains(CacheOutcome.ABSENT)
                  ? super.put(space, writes, () -> asked[0])
                  : outcomes;
            }
          }),
  ONE_CALL_AN_ID(
      server ->
          new AlteredCache(server) {
            @Override
            public List<CacheOutcome> put(
                CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
              List<CacheOutcome> outcomes = new ArrayList<>();
              writes.forEach(w -> outcomes.addAll(super.put(space, List.of(w), head)));
              return outcomes;
            }
          }),
  OUTCOMES_IN_ANOTHER_ORDER(
      server ->
          new AlteredCache(server) {
            @Override
            public List<CacheOutcome> put(
                CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
              List<CacheOutcome> outcomes = new ArrayList<>(super.put(space, writes, head));
              Collections.reverse(outcomes);
              return outcomes;
            }
          }),
  NO_MORE_THAN_A_THOUSAND_IDS(
      server ->
          new AlteredCache(server) {
            @Override
            public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
              return super.get(space, ids.stream().limit(1_000).toList());
            }
          }),
  MORE_THAN_WAS_ASKED(
      server ->
          new AlteredCache(server) {
            @Override
            public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
              Set<String> more = new HashSet<>(ids);
              more.add("a");
              return super.get(space, more);
            }
          }),
  IDS_WITHOUT_CASE(
      server ->
          new Told(
              server,
              w ->
                  w.entry() == null
                      ? w
                      : new CacheWrite(
                          w.id().toLowerCase(Locale.ROOT), w.revision(), w.entry(), w.sequence()))),
  TOMBSTONES_NOT_HELD(server -> new Put(server, e -> e.tombstone() ? null : e)),
  CONTENT_CUT(
      server ->
          new Put(
              server,
              e ->
                  e.contentLength() < 1 << 16
                      ? e
                      : e.toBuilder()
                          .value(e.revision(), e.codec(), Arrays.copyOf(e.content(), 1 << 16))
                          .build())),
  CODEC_LOST(
      server ->
          new Put(
              server,
              e ->
                  e.tombstone()
                      ? e
                      : e.toBuilder().value(e.revision(), (byte) 0, e.content()).build())),
  SEQUENCE_LOST(server -> new Put(server, e -> e.toBuilder().sequence(0).build())),
  TRACE_LOST(server -> new Put(server, e -> e.toBuilder().trace(null, null).build())),
  TRACE_MADE_UP(server -> new Put(server, e -> e.toBuilder().trace("t", "s").build())),
  HELD_FOR_EVER(server -> new Opened(server, config -> config.withTimeToLive(Duration.ofDays(1)))),
  NAMESPACE_IGNORED(server -> new Opened(server, config -> config.withNamespace(""))),
  READ_ONLY_IGNORED(server -> new Opened(server, config -> config.withReadOnly(false))),
  OPEN_AFTER_THE_CLOSE(
      server ->
          new AlteredCache(server) {
            @Override
            public TierInfo open(TierConfig config) {
              super.open(config);
              return super.open(config);
            }
          }),
  EMPTIED_BY_A_CLOSE(
      server ->
          new AlteredCache(server) {
            @Override
            public void close() {
              server.clear();
              super.close();
            }
          }),
  WITH_A_DATABASE_ID(
      server ->
          new AlteredCache(server) {
            @Override
            public TierInfo open(TierConfig config) {
              return new TierInfo("an id", super.open(config).description());
            }
          }),
  GENERATIONS_SHARED(server -> new Placed(server, s -> new CacheSpace(s.databaseId(), 1))),
  DATABASES_SHARED(server -> new Placed(server, s -> new CacheSpace("one", s.generation()))),
  ALWAYS_WITH_A_STATE(
      server ->
          new AlteredCache(server) {
            @Override
            public Optional<CacheState> state(CacheSpace space) {
              return super.state(space).or(() -> Optional.of(new CacheState(0, 0, Map.of())));
            }
          }),
  STATE_REMEMBERED_BY_THE_CONNECTION(
      server ->
          new AlteredCache(server) {
            private final Map<CacheSpace, CacheState> known = new HashMap<>();

            @Override
            public boolean move(CacheSpace space, String origin, long from, long to) {
              super.state(space).ifPresent(state -> known.put(space, state));
              return super.move(space, origin, from, to);
            }

            @Override
            public Optional<CacheState> state(CacheSpace space) {
              Optional<CacheState> now = super.state(space);
              now.ifPresent(state -> known.put(space, state));
              return Optional.ofNullable(known.get(space));
            }
          }),
  BEGUN_WITHOUT_ITS_BASE(
      server ->
          new AlteredCache(server) {
            @Override
            public boolean begin(CacheSpace space, long base, long baseTag) {
              return super.begin(space, 0, 0);
            }
          }),
  BEGUN_ANEW_EACH_TIME(
      server ->
          new AlteredCache(server) {
            @Override
            public boolean begin(CacheSpace space, long base, long baseTag) {
              boolean begun = super.begin(space, base, baseTag);
              super.state(space).ifPresent(s -> super.advance(space, s.base(), base, baseTag));
              return begun;
            }
          }),
  ALWAYS_BEGUN(
      server ->
          new AlteredCache(server) {
            @Override
            public boolean begin(CacheSpace space, long base, long baseTag) {
              super.begin(space, base, baseTag);
              return true;
            }
          }),
  MOVED_WITHOUT_COMPARISON(
      server ->
          new AlteredCache(server) {
            @Override
            public boolean move(CacheSpace space, String origin, long from, long to) {
              long at = super.state(space).map(s -> s.position(origin)).orElse(from);
              return super.move(space, origin, at, to);
            }
          }),
  ADVANCED_WITHOUT_COMPARISON(
      server ->
          new AlteredCache(server) {
            @Override
            public boolean advance(CacheSpace space, long from, long to, long tag) {
              return super.advance(
                  space, super.state(space).map(CacheState::base).orElse(from), to, tag);
            }
          }),
  POSITIONS_NOT_FORGOTTEN(
      server ->
          new AlteredCache(server) {
            private final Map<String, Long> moved = new HashMap<>();

            @Override
            public boolean move(CacheSpace space, String origin, long from, long to) {
              moved.put(origin, to);
              return super.move(space, origin, from, to);
            }

            @Override
            public Optional<CacheState> state(CacheSpace space) {
              return super.state(space).map(s -> new CacheState(s.base(), s.baseTag(), moved));
            }
          }),
  POSITIONS_FORGOTTEN(
      server ->
          new AlteredCache(server) {
            @Override
            public Optional<CacheState> state(CacheSpace space) {
              return super.state(space).map(s -> new CacheState(s.base(), s.baseTag(), Map.of()));
            }
          }),
  GONE_BACK_AND_READ_AS_EMPTY(
      server ->
          new AlteredCache(server) {
            @Override
            public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
              try {
                return super.get(space, ids);
              } catch (TierUnavailableException e) {
                return Map.of();
              }
            }
          }),
  NEVER_ANOTHER_GENERATION(
      server ->
          new AlteredCache(server) {
            private CacheSpace first;

            @Override
            public boolean begin(CacheSpace space, long base, long baseTag) {
              first = first == null ? space : first;
              return first.equals(space) && super.begin(space, base, baseTag);
            }
          }),
  SCANNED_WITHOUT_TOMBSTONES(
      server -> new Scanned(server, page -> headers(page, h -> h.live() ? h : null))),
  SCANNED_WITHOUT_THE_TIME(
      server ->
          new Scanned(
              server, page -> headers(page, h -> new Header(h.id(), h.revision(), 0, h.leaf())))),
  SCANNED_WITHOUT_ITS_LAST_PAGE(
      server ->
          new Scanned(
              server,
              page -> page.next() == null ? new CachePage(List.of(), List.of(), null) : page)),
  SCANNED_FROM_THE_START_EACH_TIME(
      server ->
          new AlteredCache(server) {
            private int pages;

            @Override
            public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
              CachePage page = super.scan(space, null, limit);
              pages = cursor == null ? 1 : pages + 1;
              return new CachePage(
                  page.headers(), page.unreadable(), pages > 9 ? null : page.next());
            }
          }),
  SCANNED_BY_PLACE(
      server ->
          new AlteredCache(server) {
            @Override
            public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
              CachePage all = super.scan(space, null, Integer.MAX_VALUE);
              int size = all.headers().size();
              int from = cursor == null ? 0 : Math.min(size, Integer.parseInt(cursor));
              int to = (int) Math.min(size, (long) from + Math.max(1, limit));
              return new CachePage(
                  all.headers().subList(from, to),
                  all.unreadable(),
                  to == size ? null : Integer.toString(to));
            }
          }),
  SCANS_KEPT_BY_THE_CONNECTION(
      server ->
          new AlteredCache(server) {
            private String next;

            @Override
            public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
              CachePage page = super.scan(space, cursor == null ? null : next, limit);
              next = page.next();
              return page;
            }
          }),
  SCANS_WITH_ANY_LIMIT(
      server ->
          new AlteredCache(server) {
            @Override
            public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
              return super.scan(space, cursor, Math.max(1, limit));
            }
          }),
  SCANS_OF_WHAT_WENT_BACK_END(
      server ->
          new AlteredCache(server) {
            @Override
            public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
              try {
                return super.scan(space, cursor, limit);
              } catch (TierUnavailableException e) {
                return new CachePage(List.of(), List.of(), null);
              }
            }
          }),
  WHAT_NOBODY_UNDERSTANDS_HIDDEN(
      server -> new Scanned(server, page -> new CachePage(page.headers(), List.of(), page.next()))),
  REMOVALS_IGNORED(
      server ->
          new AlteredCache(server) {
            @Override
            public void remove(CacheSpace space, Collection<String> ids) {
              super.remove(space, List.of());
            }
          }),
  REMOVALS_FORGET_THE_LANES(
      server ->
          new AlteredCache(server) {
            @Override
            public void remove(CacheSpace space, Collection<String> ids) {
              super.remove(space, ids);
              server.evictLanes();
              for (String id : ids) {
                Entry lowest = Entries.committedTombstone(id, 1, 1);
                super.put(space, List.of(CacheWrite.put(lowest, 1)), () -> 1);
              }
              super.remove(space, ids);
            }
          }),
  REMOVALS_TAKE_IN_OTHER_SPACES(
      server ->
          new AlteredCache(server) {
            @Override
            public void remove(CacheSpace space, Collection<String> ids) {
              super.remove(space, ids);
              ids.forEach(server::evict);
            }
          });

  private final Function<InMemoryCache, Tier> breaking;

  BrokenCaches(Function<InMemoryCache, Tier> breaking) {
    this.breaking = breaking;
  }

  @Override
  public Tier apply(InMemoryCache server) {
    return breaking.apply(server);
  }

  private static CacheWrite sequence(CacheWrite write, long sequence) {
    return new CacheWrite(write.id(), write.revision(), write.entry(), sequence);
  }

  private static CachePage headers(CachePage page, UnaryOperator<@Nullable Header> how) {
    return new CachePage(
        page.headers().stream().map(how).filter(Objects::nonNull).toList(),
        page.unreadable(),
        page.next());
  }

  /** Scanned, and something else said. */
  private static final class Scanned extends AlteredCache {
    private final UnaryOperator<CachePage> how;

    Scanned(InMemoryCache server, UnaryOperator<CachePage> how) {
      super(server);
      this.how = how;
    }

    @Override
    public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
      return how.apply(super.scan(space, cursor, limit));
    }
  }

  /** Opened otherwise than asked. */
  private static final class Opened extends AlteredCache {
    private final UnaryOperator<TestTierConfig> how;

    Opened(InMemoryCache server, UnaryOperator<TestTierConfig> how) {
      super(server);
      this.how = how;
    }

    @Override
    public TierInfo open(TierConfig config) {
      return super.open(how.apply((TestTierConfig) config));
    }
  }

  /** Told something else. */
  private static final class Told extends AlteredCache {
    private final UnaryOperator<CacheWrite> how;

    Told(InMemoryCache server, UnaryOperator<CacheWrite> how) {
      super(server);
      this.how = how;
    }

    @Override
    public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
      return super.put(space, writes.stream().map(how).toList(), head);
    }
  }

  /** Puts something else, or nothing where that is null. */
  private static final class Put extends AlteredCache {
    private final UnaryOperator<Entry> how;

    Put(InMemoryCache server, UnaryOperator<Entry> how) {
      super(server);
      this.how = how;
    }

    @Override
    public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
      return super.put(space, writes.stream().map(this::altered).toList(), head);
    }

    private CacheWrite altered(CacheWrite write) {
      Entry entry = write.entry() == null ? null : how.apply(write.entry());
      return new CacheWrite(write.id(), write.revision(), entry, write.sequence());
    }
  }

  /** Keeps what is held, and takes no notice of the write, where a condition holds. */
  private static final class Kept extends AlteredCache {
    private final BiPredicate<CacheWrite, Entry> condition;

    Kept(InMemoryCache server, BiPredicate<CacheWrite, Entry> condition) {
      super(server);
      this.condition = condition;
    }

    @Override
    public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
      Map<String, Entry> held = get(space, writes.stream().map(CacheWrite::id).toList());
      List<CacheWrite> taken =
          writes.stream()
              .filter(w -> !held.containsKey(w.id()) || !condition.test(w, held.get(w.id())))
              .toList();
      List<CacheOutcome> answers = new ArrayList<>(super.put(space, taken, head));
      return writes.stream()
          .map(w -> taken.contains(w) ? answers.remove(0) : CacheOutcome.KEPT)
          .toList();
    }
  }

  /** Asks for the head in another way. */
  private static final class Asking extends AlteredCache {
    private final UnaryOperator<LongSupplier> how;

    Asking(InMemoryCache server, UnaryOperator<LongSupplier> how) {
      super(server);
      this.how = how;
    }

    @Override
    public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
      return super.put(space, writes, how.apply(head));
    }
  }

  /** Works in another space. */
  private static final class Placed extends AlteredCache {
    private final UnaryOperator<CacheSpace> how;

    Placed(InMemoryCache server, UnaryOperator<CacheSpace> how) {
      super(server);
      this.how = how;
    }

    @Override
    public Optional<CacheState> state(CacheSpace space) {
      return super.state(how.apply(space));
    }

    @Override
    public boolean begin(CacheSpace space, long base, long baseTag) {
      return super.begin(how.apply(space), base, baseTag);
    }

    @Override
    public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
      return super.get(how.apply(space), ids);
    }

    @Override
    public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
      return super.put(how.apply(space), writes, head);
    }

    @Override
    public boolean move(CacheSpace space, String origin, long from, long to) {
      return super.move(how.apply(space), origin, from, to);
    }

    @Override
    public boolean advance(CacheSpace space, long from, long to, long tag) {
      return super.advance(how.apply(space), from, to, tag);
    }

    @Override
    public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
      return super.scan(how.apply(space), cursor, limit);
    }

    @Override
    public void remove(CacheSpace space, Collection<String> ids) {
      super.remove(how.apply(space), ids);
    }
  }
}
