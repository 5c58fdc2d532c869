// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cache;

import io.syncengine.batch.SerialTask;
import io.syncengine.change.ChangeFollower;
import io.syncengine.model.Revision;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.resilience.Retries;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import io.syncengine.spi.Wake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The cache before the ground truth, as this instance uses it. Feeds it with what was committed and
 * read; deletes there what it missed, whoever's commit that was; begins another generation when the
 * cache may have gone back, is too far behind, or the ground truth has another history. Nobody
 * waits for any of this, and no failure of the cache is anybody's but its own.
 *
 * <p>The cache is read only while this instance has floors for everything that the cache may lack:
 * {@code usable} is the space for which it has. It is set by the runs of {@code task} under the
 * monitor, and taken back by anyone. Other fields without an access mode belong to the runs of
 * {@code task}, which never overlap; before the first and after the last, to who starts and stops.
 */
public final class CacheFeeder {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final int PAGE_ROWS = 256;
  private static final int PUT_COUNT = 1000;
  private static final int PUT_BYTES = 1 << 20;
  private static final int REPAIR_ROWS = 64;

  /** The base follows the positions at this distance: so many rows a start reads again. */
  private static final int ADVANCE_ROWS = 256;

  private static final long RAISE_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final TierPort port;
  private final TierPort truth;
  private final ChangeFollower follower;
  private final Supplier<String> instanceId;
  private final boolean readOnly;
  private final TimeSource time;
  private final RandomGenerator random;
  private final FailPoints failPoints;
  private final SerialTask task;
  private final Floors floors = new Floors();
  private final WordPauses wakePauses = new WordPauses();
  private final WordPauses listenPauses = new WordPauses();
  private final CacheQueue queue;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder repaired = new LongAdder();
  private volatile Settings settings;
  private volatile @Nullable CacheSpace usable;
  private volatile long unusableSinceNanos;
  private volatile @Nullable String joinFailure;
  private volatile boolean started;
  private volatile boolean stopped;
  // Set by who commits, taken by the task.
  private volatile boolean news;
  // How many histories were seen; guarded by the monitor.
  private int histories;
  private int knownHistories;
  private @Nullable CacheSpace space;
  private CacheState state = new CacheState(0, 0, Map.of());
  // The generation that is not to be used any more; 0 for none.
  private long givenUp;
  private boolean otherHistory;
  private long raisedTo;
  private boolean raised;
  private long raisedAtNanos;
  private long refreshAtNanos;
  private long joinAtNanos;
  private int joinFailures;
  private Wake.@Nullable Listening listening;
  private String listeningTo = "";

  /**
   * The options that may change while it runs.
   *
   * @param pollNanos how often the cache's state is read
   * @param graceNanos how long an origin has to feed a commit before others delete what it changed
   * @param maxLag how many changes the cache may lack before another generation is cheaper
   * @param queueBytes how much may wait to be fed
   * @param joinPause the pause after so many failed joins
   */
  public record Settings(
      long pollNanos,
      long graceNanos,
      long maxLag,
      long queueBytes,
      IntFunction<Duration> joinPause) {}

  /** Makes a feeder; {@code executor} runs it, on a thread of its own. */
  public CacheFeeder(
      TierPort port,
      TierPort truth,
      ChangeFollower follower,
      Supplier<String> instanceId,
      Settings settings,
      boolean readOnly,
      TimeSource time,
      Scheduler scheduler,
      RandomGenerator random,
      FailPoints failPoints,
      Executor executor,
      Consumer<Throwable> onError) {
    this.port = port;
    this.truth = truth;
    this.follower = follower;
    this.instanceId = instanceId;
    this.settings = settings;
    this.readOnly = readOnly;
    this.time = time;
    this.random = random;
    this.failPoints = failPoints;
    this.queue = new CacheQueue(settings.queueBytes);
    this.unusableSinceNanos = time.nanoTime();
    this.refreshAtNanos = time.nanoTime();
    this.joinAtNanos = time.nanoTime();
    this.task = new SerialTask(executor, scheduler, time, this::run, onError);
  }

  /** Takes other options. */
  public void configure(Settings newSettings) {
    settings = newSettings;
    queue.maxBytes(newSettings.queueBytes);
  }

  /**
   * Opens the cache and catches up, on the starting thread.
   *
   * @param retries how often it is tried: the first connect of a process takes its time
   * @throws TierException if the cache can be reached and refuses
   */
  public void join(Retries retries) {
    try {
      retries.run(() -> port.open(info -> {}));
      work();
    } catch (TierUnavailableException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the cache cannot be reached; the engine starts without it and goes on trying");
    }
  }

  /** Works from now on. */
  public void start() {
    started = true;
    kick();
  }

  /** Works now, without waiting out a pause; not before the start, whose thread works till then. */
  public void kick() {
    if (started) {
      task.kick();
    }
  }

  /** Feeds what waits, within a few time-outs of the cache, and ends. */
  public void stop(Duration bound) {
    stopped = true;
    if (!task.stop(bound)) {
      return;
    }
    try {
      if (!queue.isEmpty() && port.isOpen()) {
        work();
      }
    } catch (TierException e) {
      LOG.log(System.Logger.Level.DEBUG, "the cache was not fed with the last commits", e);
    } finally {
      listenNoMore();
    }
  }

  // --- what others tell

  /** This instance has committed a batch. */
  public void committed(ChangeRow row, List<Entry> entries) {
    news = true;
    queue.committed(row.sequence(), entries);
    kick();
  }

  /** A row is followed; called before anybody forgets what it makes old. */
  public void followed(ChangeRow row) {
    floors.followed(row, time.nanoTime());
    if (floors.changes() > settings.maxLag) {
      unusable();
    }
  }

  /** The ground truth was seen to hold an entry. */
  public void seen(Entry entry) {
    floors.seen(entry.id(), entry.revision(), entry.sequence());
  }

  /** The ground truth holds a revision of an id, in a row that is not followed yet. */
  public void seen(String id, Revision revision, long sequence) {
    floors.seen(id, revision, sequence);
  }

  /** The ground truth holds something at or above an entry, in a row that a poll brings. */
  public void overtaken(Entry entry) {
    floors.overtaken(entry.id(), entry.revision());
  }

  /** A poll has brought the rows of what was overtaken before. */
  public void settled(List<Entry> entries) {
    entries.forEach(entry -> floors.settled(entry.id(), entry.revision()));
  }

  /** The ground truth's history is another one, which is followed from a position. */
  public void anotherHistory(ChangeFollower.Position position) {
    synchronized (this) {
      histories++;
      unusable();
    }
    floors.anotherHistory(position.sequence(), position.tag());
    queue.clear();
    kick();
  }

  /** What was read from the ground truth, to be kept in the cache. */
  public void read(Entry entry, long head) {
    if (!readOnly && usable != null && head > 0) {
      queue.read(entry, head);
      kick();
    }
  }

  // --- reading

  /** What the cache holds of some ids and is not known to be old; nothing if it cannot be asked. */
  public Map<String, Entry> get(Collection<String> ids) {
    CacheSpace at = usable;
    if (at == null) {
      return Map.of();
    }
    Map<String, Floor> lowest = new HashMap<>();
    for (String id : ids) {
      Floor floor = floor(id);
      if (floor != null) {
        lowest.put(id, floor);
      }
    }
    Map<String, Entry> found;
    try {
      found = new HashMap<>(port.decoded(port.use(Cache.class, "get", c -> c.get(at, ids))));
    } catch (TierException e) {
      // The port remembers why; the ground truth knows.
      return Map.of();
    }
    if (!at.equals(usable)) {
      return Map.of();
    }
    lowest.forEach(
        (id, floor) -> found.computeIfPresent(id, (k, e) -> floor.isAbove(e) ? null : e));
    hits.add(found.size());
    misses.add(ids.size() - found.size());
    return found;
  }

  /** What nobody may say less of an id than from now on; null if anything will do. */
  public @Nullable Floor floor(String id) {
    return failPoints.proceed(FailPoint.CACHE_FLOOR) ? floors.of(id) : null;
  }

  /**
   * What the cache holds of an id, whether or not that is old.
   *
   * @throws TierException if it cannot be asked
   */
  public @Nullable Entry peek(String id) {
    CacheSpace at = usable;
    if (at == null) {
      throw new TierUnavailableException(port.name(), "get", "the cache is not in use now", null);
    }
    return port.use(Cache.class, "get", c -> c.get(at, List.of(id))).get(id);
  }

  /** The space that is in use; null while none is. */
  public @Nullable CacheSpace usable() {
    return usable;
  }

  // --- figures

  /** Ids that the cache answered. */
  public long hits() {
    return hits.sum();
  }

  /** Ids that it was asked for and did not answer. */
  public long misses() {
    return misses.sum();
  }

  /** Values that it could not take. */
  public long refused() {
    return refused.sum();
  }

  /** Change rows whose ids this instance deleted there. */
  public long repaired() {
    return repaired.sum();
  }

  /** How many changes it is not known to reflect. */
  public long lag() {
    return floors.changes();
  }

  /** How long it has not been in use, in nanoseconds; 0 if it is. */
  public long nanosUnused() {
    return usable != null ? 0 : Math.max(1, time.nanoTime() - unusableSinceNanos);
  }

  /** Why it refused to be joined; null if it did not. */
  public @Nullable String joinFailure() {
    return joinFailure;
  }

  // --- work

  private void run() {
    try {
      if (!stopped && joined()) {
        work();
      }
    } catch (TierException e) {
      // The port remembers why.
      LOG.log(System.Logger.Level.DEBUG, "the cache was not fed", e);
    } finally {
      task.kickAfter(settings.pollNanos);
    }
  }

  private boolean joined() {
    if (port.isOpen()) {
      return true;
    }
    long now = time.nanoTime();
    if (now - joinAtNanos < 0) {
      return false;
    }
    joinFailures++;
    joinAtNanos = now + settings.joinPause.apply(joinFailures).toNanos();
    try {
      port.open(info -> {});
    } catch (TierException e) {
      joinFailure = e.getMessage();
      return false;
    }
    joinFailure = null;
    joinFailures = 0;
    LOG.log(System.Logger.Level.INFO, "the cache is there: " + port.description());
    return true;
  }

  private void work() {
    try {
      passTheWord();
      CacheSpace at = entered();
      if (at == null) {
        return;
      }
      // Before anything else after a failure: by its state the cache tells whether it went back.
      if (time.nanoTime() - refreshAtNanos >= 0 && !refresh(at)) {
        return;
      }
      if (!readOnly) {
        feed(at);
        repair(at);
        move(at);
        advance(at);
      }
    } catch (TierException e) {
      // Not read again before its state was.
      refreshAtNanos = time.nanoTime();
      unusable();
      throw e;
    }
  }

  /** Tells the others of commits and hears of theirs, if the cache can; nothing depends on it. */
  private void passTheWord() {
    ChangeFollower.Position position = follower.position();
    if (position == null || !port.has(Wake.class)) {
      return;
    }
    String database = position.databaseId();
    long now = time.nanoTime();
    if (news && wakePauses.areOver(now)) {
      news = false;
      tryWord(wakePauses, () -> wake(database));
    }
    if (!database.equals(listeningTo) && listenPauses.areOver(now)) {
      listenNoMore();
      tryWord(listenPauses, () -> listen(database));
    }
  }

  private void wake(String database) {
    port.use(
        Wake.class,
        "wake",
        wake -> {
          wake.wake(database, instanceId.get());
          return true;
        });
  }

  private void listen(String database) {
    listening = port.use(Wake.class, "listen", wake -> wake.listen(database, this::heard));
    listeningTo = database;
  }

  private void tryWord(WordPauses pauses, Runnable body) {
    try {
      body.run();
      pauses.none();
    } catch (TierException e) {
      pauses.longer(time.nanoTime());
      LOG.log(System.Logger.Level.DEBUG, "no word was passed between instances", e);
    }
  }

  /** When what may fail for good, as for want of a right, is tried again; for the task. */
  private static final class WordPauses {
    private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

    private long pauseNanos;
    private long sinceNanos;

    boolean areOver(long now) {
      return now - sinceNanos >= pauseNanos;
    }

    void none() {
      pauseNanos = 0;
    }

    void longer(long now) {
      sinceNanos = now;
      pauseNanos = Math.min(LONGEST_NANOS, Math.max(SHORTEST_NANOS, 2 * pauseNanos));
    }
  }

  private void heard(String origin) {
    if (!origin.equals(instanceId.get())) {
      follower.poll();
    }
  }

  private void listenNoMore() {
    if (listening != null) {
      listening.close();
      listening = null;
      listeningTo = "";
    }
  }

  private void unusable() {
    if (usable != null) {
      usable = null;
      unusableSinceNanos = time.nanoTime();
    }
  }

  private synchronized int histories() {
    return histories;
  }

  private synchronized void usable(CacheSpace at) {
    if (histories == knownHistories && floors.changes() <= settings.maxLag) {
      usable = at;
    }
  }

  /** The space of the present generation, once this instance knows what it may lack; or null. */
  private @Nullable CacheSpace entered() {
    int seen = histories();
    if (seen != knownHistories) {
      // The first is the one that was there at the start.
      otherHistory |= seen > 1;
      knownHistories = seen;
      raisedTo = 0;
      space = null;
    }
    ChangeFollower.Position position = follower.position();
    long generation = Math.max(follower.generation(), raisedTo);
    if (position == null || generation == 0) {
      return null;
    }
    CacheSpace wanted = new CacheSpace(position.databaseId(), generation);
    if (otherHistory || generation == givenUp) {
      return raise(wanted);
    }
    if (wanted.equals(space)) {
      return wanted;
    }
    unusable();
    space = null;
    Optional<CacheState> found = state(wanted);
    return found.isPresent() ? catchUp(wanted, found.get()) : raise(wanted);
  }

  private Optional<CacheState> state(CacheSpace of) {
    return port.use(Cache.class, "state", c -> c.state(of));
  }

  /** Gives a space up for a new one of which the cache holds nothing. */
  private @Nullable CacheSpace raise(CacheSpace old) {
    unusable();
    space = null;
    otherHistory = false;
    if (readOnly) {
      // Somebody else begins another.
      return null;
    }
    givenUp = old.generation();
    long now = time.nanoTime();
    if (raised && now - raisedAtNanos < RAISE_PAUSE_NANOS) {
      return null;
    }
    raised = true;
    raisedAtNanos = now;
    long next =
        truth.use(CacheGenerations.class, "raise", g -> g.raiseGeneration(old.generation()));
    ChangePage head = truth.poll(1, 0);
    if (!head.databaseId().equals(old.databaseId())) {
      return null;
    }
    raisedTo = next;
    CacheSpace fresh = new CacheSpace(old.databaseId(), next);
    if (!port.use(Cache.class, "begin", c -> c.begin(fresh, head.head(), head.headTag()))) {
      return null;
    }
    LOG.log(System.Logger.Level.INFO, "another generation of the cache begins");
    Optional<CacheState> found = state(fresh);
    return found.isPresent() ? catchUp(fresh, found.get()) : null;
  }

  /** Reads the rows that the cache may lack, up to where the follower stands. */
  private @Nullable CacheSpace catchUp(CacheSpace at, CacheState found) {
    long to = floors.restart();
    long from = Math.max(1, found.base());
    boolean atBase = found.base() > 0;
    long previousTag = 0;
    boolean more = true;
    while (more) {
      ChangePage page = truth.poll(from, PAGE_ROWS);
      if (!page.databaseId().equals(at.databaseId())) {
        return null;
      }
      if (atBase && !beginsWith(page, found)) {
        // The cache knows a history that is not this one.
        return raise(at);
      }
      atBase = false;
      if (isBehind(page.head(), found)) {
        return raise(at);
      }
      for (ChangeRow row : page.rows()) {
        if (row.sequence() != from) {
          return raise(at);
        }
        if (row.sequence() <= to && row.sequence() > found.position(row.origin())) {
          floors.followedBefore(row, previousTag, time.nanoTime());
        }
        previousTag = row.tag();
        from++;
      }
      if (floors.changes() > settings.maxLag) {
        return raise(at);
      }
      more = from <= to && !page.rows().isEmpty();
    }
    if (from <= to) {
      // The log ends before the position; the next poll tells why.
      return null;
    }
    space = at;
    take(found);
    usable(at);
    return at;
  }

  private static boolean beginsWith(ChangePage page, CacheState found) {
    return !page.rows().isEmpty()
        && page.rows().get(0).sequence() == found.base()
        && page.rows().get(0).tag() == found.baseTag();
  }

  /** Whether a cache knows of more rows than there are. */
  private static boolean isBehind(long head, CacheState found) {
    return head < found.base()
        || found.positions().values().stream().anyMatch(position -> head < position);
  }

  private void take(CacheState found) {
    state = found;
    floors.reflect(found);
    refreshAtNanos = time.nanoTime() + settings.pollNanos;
  }

  private boolean refresh(CacheSpace at) {
    Optional<CacheState> now = state(at);
    if (now.isEmpty() || isBehind(now.get(), state) || floors.changes() > settings.maxLag) {
      raise(at);
      return false;
    }
    take(now.get());
    usable(at);
    return true;
  }

  /** Whether a cache knows less than it did. */
  private static boolean isBehind(CacheState now, CacheState before) {
    return now.base() < before.base()
        || before.positions().keySet().stream()
            .anyMatch(origin -> now.position(origin) < before.position(origin));
  }

  private void feed(CacheSpace at) {
    CacheQueue.Batch batch = queue.firstBatch();
    while (batch != null) {
      if (failPoints.proceed(FailPoint.CACHE_FEED)) {
        put(at, batch.writes());
        floors.reflected(batch.sequence());
      }
      queue.done(batch);
      batch = queue.firstBatch();
    }
    List<CacheWrite> read = queue.takeRead(PUT_COUNT);
    while (!read.isEmpty()) {
      if (failPoints.proceed(FailPoint.CACHE_FILL)) {
        put(at, read);
      }
      read = queue.takeRead(PUT_COUNT);
    }
  }

  /** Puts in parts, each of which the cache can take within a call's time. */
  private void put(CacheSpace at, List<CacheWrite> writes) {
    int from = 0;
    while (from < writes.size()) {
      int to = from;
      long bytes = 0;
      while (to < writes.size() && to - from < PUT_COUNT && bytes < PUT_BYTES) {
        Entry entry = writes.get(to).entry();
        bytes += entry == null ? 0 : entry.contentLength();
        to++;
      }
      List<CacheWrite> part = writes.subList(from, to);
      List<CacheOutcome> outcomes =
          port.use(Cache.class, "put", c -> c.put(at, part, () -> head(at)));
      refused.add(outcomes.stream().filter(o -> o == CacheOutcome.REFUSED).count());
      from = to;
    }
  }

  /** The head of the change log now, or −1. */
  private long head(CacheSpace at) {
    try {
      ChangePage page = truth.poll(1, 0);
      return page.databaseId().equals(at.databaseId()) ? page.head() : -1;
    } catch (TierException e) {
      return -1;
    }
  }

  /** Deletes in the cache what rows changed that it did not get, and had time to get. */
  private void repair(CacheSpace at) {
    long grace = settings.graceNanos + random.nextLong(settings.graceNanos + 1);
    List<Floors.Row> missed = floors.missed(time.nanoTime() - grace, REPAIR_ROWS);
    while (!missed.isEmpty()) {
      List<CacheWrite> drops = new ArrayList<>();
      for (Floors.Row row : missed) {
        row.changed.forEach(c -> drops.add(CacheWrite.drop(c.id(), c.revision(), row.sequence)));
      }
      if (failPoints.proceed(FailPoint.CACHE_REPAIR)) {
        put(at, CacheQueue.newest(drops));
      }
      missed.forEach(row -> floors.reflected(row.sequence));
      repaired.add(missed.size());
      missed = floors.missed(time.nanoTime() - grace, REPAIR_ROWS);
    }
  }

  /** Tells everybody up to where the cache reflects the rows of each origin. */
  private void move(CacheSpace at) {
    for (Map.Entry<String, Long> reflected : floors.reflectedTo().entrySet()) {
      String origin = reflected.getKey();
      long from = state.position(origin);
      long to = reflected.getValue();
      if (to <= from) {
        continue;
      }
      failPoints.proceed(FailPoint.CACHE_MOVE);
      if (port.use(Cache.class, "move", c -> c.move(at, origin, from, to))) {
        Map<String, Long> positions = new HashMap<>(state.positions());
        positions.put(origin, to);
        state = new CacheState(state.base(), state.baseTag(), positions);
      } else {
        refreshAtNanos = time.nanoTime();
      }
    }
    floors.reflect(state);
  }

  private void advance(CacheSpace at) {
    Floors.Place to = floors.allReflectedTo();
    long from = state.base();
    if (to.sequence() - from < ADVANCE_ROWS) {
      return;
    }
    if (port.use(Cache.class, "advance", c -> c.advance(at, from, to.sequence(), to.tag()))) {
      Map<String, Long> positions = new HashMap<>(state.positions());
      positions.values().removeIf(position -> position <= to.sequence());
      state = new CacheState(to.sequence(), to.tag(), positions);
      floors.reflect(state);
    } else {
      refreshAtNanos = time.nanoTime();
    }
  }
}
