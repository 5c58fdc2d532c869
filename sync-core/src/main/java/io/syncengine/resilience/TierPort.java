// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ProviderResolutionException;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Codec;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Telemetry;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The only way to call a tier: asks its breaker, encodes and decodes contents, tries reads again,
 * tells telemetry, remembers how the tier is, and turns whatever it throws into the exceptions of
 * its contract.
 *
 * <p>Safe from any thread. {@code opened} is set by who opens, marked as left by who finds another
 * database there, and taken by who closes the tier; only one opens at a time. {@code failure} is
 * written by whoever made the call and read by anyone, in volatile mode; the last one wins.
 */
public final class TierPort {
  private final Tier tier;
  private final TierConfig config;
  private final Codec codec;
  private final Map<Byte, Codec> codecs = new HashMap<>();
  private final Telemetry telemetry;
  private final CircuitBreaker breaker;
  private final Retries retries;
  private final LongAdder answers = new LongAdder();
  // Set while the tier is open; whoever takes it out closes the tier.
  private final AtomicReference<@Nullable Opened> opened = new AtomicReference<>();
  private volatile boolean closed;
  private volatile @Nullable Failure failure;

  /**
   * Why a tier is down.
   *
   * @param reason what it said, without secrets
   * @param sinceNanos when that began
   */
  public record Failure(String reason, long sinceNanos) {}

  /**
   * What is open.
   *
   * @param left whether another database was found there, so that nothing is asked of it any more
   */
  private record Opened(TierInfo info, boolean left) {}

  /**
   * Makes a port to a tier that is not open yet.
   *
   * @param codec encodes what is written
   * @param readable every codec that may have encoded what is read
   * @param retries how reads are tried again
   */
  public TierPort(
      Tier tier,
      TierConfig config,
      Codec codec,
      List<Codec> readable,
      Telemetry telemetry,
      CircuitBreaker breaker,
      Retries retries) {
    this.tier = tier;
    this.config = config;
    this.codec = codec;
    this.telemetry = telemetry;
    this.breaker = breaker;
    this.retries = retries;
    readable.forEach(c -> codecs.put(c.id(), c));
  }

  /**
   * Opens the tier, anew if another database was found there; does nothing if it is open. Nobody
   * can use it before the check has passed. For one thread at a time.
   *
   * @param check throws if it is not the tier that was expected, which is closed again then
   */
  public void open(Consumer<TierInfo> check) {
    if (isOpen()) {
      return;
    }
    closeIfOpened();
    if (closed) {
      throw new NotAskedException(name(), "open", "the engine was closed");
    }
    // Not the breaker's: whoever opens a tier has pauses of its own.
    TierInfo info = observed("open", () -> tier.open(config));
    try {
      check.accept(info);
    } catch (RuntimeException e) {
      tier.close();
      throw e;
    }
    opened.set(new Opened(info, false));
    if (closed) {
      // Closed meanwhile by somebody who may have found nothing open yet.
      closeIfOpened();
      throw new NotAskedException(name(), "open", "the engine was closed");
    }
  }

  /** Whether the tier is open. */
  public boolean isOpen() {
    return info() != null;
  }

  private @Nullable TierInfo info() {
    Opened known = opened.get();
    return known == null || known.left ? null : known.info;
  }

  /** The id of the database that is open; throws as every call does if none is. */
  public String databaseId() {
    return requireOpen("open").databaseId();
  }

  /** The tier's place, {@code L2} or {@code L3}. */
  public String name() {
    return config.tierName();
  }

  /** What the tier is, for the start line and health. */
  public String description() {
    TierInfo known = info();
    return name() + " " + (known == null ? "(not reached yet)" : known.description());
  }

  /** Why the last call failed; empty if it succeeded. */
  public Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /** How the tier's breaker stands. */
  public CircuitBreaker.State breaker() {
    return breaker.state();
  }

  /** How long the breaker still refuses calls, in nanoseconds; 0 if it lets one through. */
  public long nanosUntilTrial() {
    return breaker.nanosUntilTrial();
  }

  /** How many calls the tier has answered, whatever they were. */
  public long answers() {
    return answers.sum();
  }

  /** Whether the tier has a capability. */
  public boolean has(Class<?> capability) {
    return tier.capability(capability).isPresent();
  }

  /** Writes a batch; see {@link Tier#apply}. */
  public ApplyResult apply(List<Entry> batch) {
    return opened("apply", () -> tier.apply(encode(batch)));
  }

  /** Writes rows also over themselves; see {@link Restore}. */
  public ApplyResult restore(List<Entry> batch) {
    Restore restore = require(Restore.class);
    return opened("restore", () -> restore.restore(encode(batch)));
  }

  /** Reads ids; see {@link Tier#load}. */
  public LoadResult load(Collection<String> ids) {
    try {
      LoadResult loaded = retries.call(() -> opened("load", () -> tier.load(ids)));
      return new LoadResult(decoded(loaded.found()), loaded.head());
    } catch (TierUnavailableException e) {
      if (config.failPoints().proceed(FailPoint.TIER_UNAVAILABLE)) {
        throw e;
      }
      return new LoadResult(Map.of(), -1);
    }
  }

  /** Reads a page in id order; see {@link Scannable}. */
  public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    Scannable scannable = require(Scannable.class);
    List<Entry> page = new ArrayList<>();
    List<Entry> found =
        retries.call(() -> opened("scan", () -> scannable.scan(range, after, limit)));
    for (Entry entry : found) {
      page.add(decode(entry));
    }
    return page;
  }

  /**
   * Reads changes; see {@link ChangeLog}. A page of another database than the one that was opened
   * tells of that, and is the last: the tier has to be opened anew.
   */
  public ChangePage poll(long from, int limit) {
    ChangeLog log = require(ChangeLog.class);
    Opened known = opened.get();
    ChangePage page = opened("poll", () -> log.poll(from, limit));
    if (known != null && !known.info.databaseId().equals(page.databaseId())) {
      leave(known);
    }
    return page;
  }

  /** Another database stands there now. It is another tier's until it was opened and checked. */
  private void leave(Opened known) {
    if (!known.left && opened.compareAndSet(known, new Opened(known.info, true))) {
      failed("another database stands where the tier's was; it is opened anew");
    }
  }

  /** The time as the tier has it; see {@link Tier#serverTimeMillis}. */
  public OptionalLong serverTimeMillis() {
    return opened("clock", tier::serverTimeMillis);
  }

  /** Removes old tombstones; see {@link TombstonePurge}. */
  public int purge(long acceptedBeforeMillis, int limit) {
    TombstonePurge purge = require(TombstonePurge.class);
    return opened("purge", () -> purge.purge(acceptedBeforeMillis, limit));
  }

  /**
   * Uses a capability that needs nothing of what this class does beyond that of every call.
   *
   * @param operation what it is called in exceptions and telemetry
   */
  public <C, T> T use(Class<C> capability, String operation, Function<C, T> body) {
    C offered = require(capability);
    return opened(operation, () -> body.apply(offered));
  }

  /** The same of what only reads: again while it fails, as {@link #load} does. */
  public <C, T> T read(Class<C> capability, String operation, Function<C, T> body) {
    return retried(() -> use(capability, operation, body));
  }

  /** The same as {@link #use} of what gives no answer. */
  public <C> void run(Class<C> capability, String operation, Consumer<C> body) {
    C offered = require(capability);
    opened(
        operation,
        () -> {
          body.accept(offered);
          return true;
        });
  }

  /**
   * Reads change rows from one that is known on, inclusive, up to the first that is damaged.
   *
   * @param known the row that is known; 0 for none, to read from the first on
   * @param limit how many rows at most, 2 or more
   * @throws CorruptDataException if nothing behind the known row can be told, since it or the next
   *     one is damaged
   */
  public ChangePage pollSound(long known, int limit) {
    long from = Math.max(1, known);
    int least = known == 0 ? 1 : 2;
    int rows = limit;
    while (true) {
      try {
        return poll(from, rows);
      } catch (CorruptDataException e) {
        if (rows <= least) {
          throw e;
        }
        rows = Math.max(least, rows / 2);
      }
    }
  }

  /** Makes a call of this port again while it fails, as {@link #load} does: one that only reads. */
  public <T> T retried(Supplier<T> read) {
    return retries.call(read);
  }

  /** Entries as the tier gave them, with contents decoded. */
  public Map<String, Entry> decoded(Map<String, Entry> found) {
    Map<String, Entry> decoded = new HashMap<>();
    found.forEach((id, entry) -> decoded.put(id, decode(entry)));
    return decoded;
  }

  /** Closes the tier if it is open. */
  public void close() {
    closed = true;
    closeIfOpened();
  }

  private void closeIfOpened() {
    if (opened.getAndSet(null) != null) {
      tier.close();
    }
  }

  private <C> C require(Class<C> capability) {
    return tier.capability(capability)
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    name() + " does not offer " + capability.getSimpleName()));
  }

  private <T> T opened(String operation, Supplier<T> body) {
    requireOpen(operation);
    return call(operation, body);
  }

  private TierInfo requireOpen(String operation) {
    TierInfo known = info();
    if (known == null) {
      throw new NotAskedException(
          name(), operation, "the tier has not been reached yet; it is tried again by itself");
    }
    return known;
  }

  private <T> T call(String operation, Supplier<T> body) {
    long permit = breaker.begin();
    if (permit == CircuitBreaker.REFUSED) {
      throw new NotAskedException(
          name(),
          operation,
          "the tier failed too often and gets no calls for a while; it is tried again by itself");
    }
    long start = config.timeSource().nanoTime();
    boolean known = false;
    boolean failed = false;
    try {
      T result = observed(operation, body);
      known = true;
      return result;
    } catch (TierException e) {
      known = true;
      failed = e.retryable();
      throw e;
    } finally {
      if (known) {
        breaker.ended(permit, failed, config.timeSource().nanoTime() - start);
      } else {
        breaker.abandoned(permit);
      }
    }
  }

  private <T> T observed(String operation, Supplier<T> body) {
    long start = config.timeSource().nanoTime();
    RuntimeException thrown = null;
    try {
      T result = body.get();
      answers.increment();
      failure = null;
      return result;
    } catch (TierException e) {
      thrown = e;
      if (e.retryable()) {
        failed(e.getMessage());
      }
      throw e;
    } catch (SyncEngineException e) {
      thrown = e;
      throw e;
    } catch (RuntimeException e) {
      // Against the contract. Nobody knows what was written, so it counts as unavailable.
      thrown = e;
      TierUnavailableException unavailable =
          new TierUnavailableException(
              name(), operation, "the tier failed with " + e.getClass().getName(), e);
      failed(unavailable.getMessage());
      throw unavailable;
    } finally {
      telemetry.called(name(), operation, config.timeSource().nanoTime() - start, thrown);
    }
  }

  private void failed(String reason) {
    Failure before = failure;
    long since = before == null ? config.timeSource().nanoTime() : before.sinceNanos;
    failure = new Failure(reason, since);
  }

  private List<Entry> encode(List<Entry> batch) {
    if (codec.id() == Entry.IDENTITY_CODEC) {
      return batch;
    }
    List<Entry> encoded = new ArrayList<>(batch.size());
    for (Entry e : batch) {
      encoded.add(
          e.tombstone()
              ? e
              : e.toBuilder().value(e.revision(), codec.id(), codec.encode(e.content())).build());
    }
    return encoded;
  }

  private Entry decode(Entry entry) {
    if (entry.codec() == Entry.IDENTITY_CODEC) {
      return entry;
    }
    Codec known = codecs.get(entry.codec());
    if (known == null) {
      throw new ProviderResolutionException(
          "stored content needs codec " + entry.codec() + "; add sync-compression", null);
    }
    return entry.toBuilder()
        .value(entry.revision(), Entry.IDENTITY_CODEC, known.decode(entry.content()))
        .build();
  }
}
