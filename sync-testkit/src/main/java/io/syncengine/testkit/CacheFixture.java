// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The cache of one test of the {@link CacheContract}: opens tiers on it as caches, closes them in
 * the end, makes spaces, and stands for the ground truth's change log, of which it knows the head.
 * {@link #head} and {@link #told} are safe from any thread; the rest is for one.
 *
 * @since 0.1
 */
public final class CacheFixture {
  private final Supplier<Tier> maker;
  private final TestTierConfig config;
  private final String databaseId = UUID.randomUUID().toString();
  private final List<Tier> opened = new ArrayList<>();
  private final AtomicLong head = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private long generation;

  CacheFixture(Supplier<Tier> maker, TestTierConfig config) {
    this.maker = maker;
    this.config = config.withRole(TierRole.CACHE);
  }

  /**
   * The configuration of {@link #open()}.
   *
   * @return the configuration, with the role {@link TierRole#CACHE}
   */
  public TestTierConfig config() {
    return config;
  }

  /**
   * A tier on the test's cache.
   *
   * @return what an open tier offers
   */
  public Cache open() {
    return open(config);
  }

  /**
   * A tier on the test's cache.
   *
   * @param with how to open it
   * @return what an open tier offers
   */
  public Cache open(TestTierConfig with) {
    Tier tier = unopened();
    tier.open(with);
    opened.add(tier);
    return cache(tier);
  }

  /**
   * A tier on the test's cache.
   *
   * @return a tier that is not open and will not be closed by this object
   */
  public Tier unopened() {
    return maker.get();
  }

  /**
   * What a tier is used by.
   *
   * @param tier an open tier
   * @return the capability
   */
  public Cache cache(Tier tier) {
    return tier.capability(Cache.class)
        .orElseThrow(() -> new AssertionError("the tier does not offer Cache"));
  }

  /**
   * A space that was never used.
   *
   * @return another one each time
   */
  public CacheSpace unusedSpace() {
    return new CacheSpace(databaseId, ++generation);
  }

  /**
   * A space that is begun.
   *
   * @param cache an open cache
   * @return a space that reflects the ground truth up to 0
   */
  public CacheSpace begun(Cache cache) {
    CacheSpace space = unusedSpace();
    assertThat(cache.begin(space, 0, 0)).as("begun").isTrue();
    return space;
  }

  /**
   * The state of a space that can be used.
   *
   * @param cache an open cache
   * @param space a begun space
   * @return its state
   */
  public CacheState state(Cache cache, CacheSpace space) {
    Optional<CacheState> state = cache.state(space);
    assertThat(state).as("state").isPresent();
    return state.orElseThrow();
  }

  /**
   * Tells a cache, with the ground truth's head at the highest sequence that was ever told.
   *
   * @param cache an open cache
   * @param space a begun space
   * @param writes each id once
   * @return an outcome for each
   */
  public List<CacheOutcome> told(Cache cache, CacheSpace space, CacheWrite... writes) {
    return told(cache, space, List.of(writes));
  }

  /**
   * Tells a cache, with the ground truth's head at the highest sequence that was ever told.
   *
   * @param cache an open cache
   * @param space a begun space
   * @param writes each id once
   * @return an outcome for each
   */
  public List<CacheOutcome> told(Cache cache, CacheSpace space, List<CacheWrite> writes) {
    writes.forEach(write -> headAtLeast(write.sequence()));
    AtomicInteger times = new AtomicInteger();
    List<CacheOutcome> outcomes =
        cache.put(
            space,
            writes,
            () -> {
              times.incrementAndGet();
              return head();
            });
    assertThat(outcomes).as("an outcome for each write").hasSameSizeAs(writes);
    assertThat(times.get()).as("how often the head was asked").isLessThanOrEqualTo(1);
    return outcomes;
  }

  /**
   * Tells a cache of one id, with an answer for when it asks for the head.
   *
   * @param cache an open cache
   * @param space a begun space
   * @param write what is told
   * @param answer gives the head, or −1
   * @return its outcome
   */
  public CacheOutcome told(Cache cache, CacheSpace space, CacheWrite write, LongSupplier answer) {
    headAtLeast(write.sequence());
    asked.set(0);
    return cache
        .put(
            space,
            List.of(write),
            () -> {
              asked.incrementAndGet();
              return answer.getAsLong();
            })
        .get(0);
  }

  /**
   * How often the answer of the latest {@link #told(Cache, CacheSpace, CacheWrite, LongSupplier)}
   * was wanted.
   *
   * @return the number
   */
  public int asked() {
    return asked.get();
  }

  /**
   * The head of the ground truth's change log.
   *
   * @return the highest sequence that was ever told
   */
  public long head() {
    return head.get();
  }

  /**
   * The ground truth went on.
   *
   * @param sequence a sequence that it has reached
   */
  public void headAtLeast(long sequence) {
    head.accumulateAndGet(sequence, Math::max);
  }

  /**
   * Reads one id.
   *
   * @param cache an open cache
   * @param space a begun space
   * @param id the id
   * @return the entry, a tombstone too; null if nothing is held
   */
  public @Nullable Entry get(Cache cache, CacheSpace space, String id) {
    Map<String, Entry> found = cache.get(space, List.of(id));
    assertThat(List.of(id)).as("no id that was not asked for").containsAll(found.keySet());
    return found.get(id);
  }

  /**
   * The revision that is held of an id.
   *
   * @param cache an open cache
   * @param space a begun space
   * @param id the id
   * @return the revision; null if nothing is held
   */
  public @Nullable Revision revision(Cache cache, CacheSpace space, String id) {
    Entry entry = get(cache, space, id);
    return entry == null ? null : entry.revision();
  }

  /**
   * Whether two entries are the same in all that a cache keeps, the sequence too.
   *
   * @param actual what a cache gave; null is an entry that is missing
   * @param expected what was put
   */
  public void assertHeld(@Nullable Entry actual, Entry expected) {
    Entry there = present(actual, "entry");
    TierFixture.assertSameStored(there, expected);
    assertThat(there.sequence()).as("sequence").isEqualTo(expected.sequence());
  }

  void close() {
    opened.forEach(Tier::close);
    opened.clear();
  }
}
