// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.change;

import io.syncengine.batch.SerialTask;
import io.syncengine.change.ChangeFollower.Position;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ExistenceFilter;
import io.syncengine.spi.ExistenceFilterProvider;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.Snapshots;
import io.syncengine.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the filter over the live ids of the ground truth. The change log alone feeds it, row by row
 * as the follower hands them over, and each row says what it makes of an id that was or was not
 * there: so the filter holds every live id exactly once, and is exact at the follower's position.
 *
 * <p>It is built behind the running engine, from a walk over all ids or from a snapshot, and the
 * rows that came meanwhile; and built anew, behind the one in use, when that is full.
 *
 * <p>What was read from below the filter may be newer than the follower's position: {@code ahead}
 * holds such ids until their row is followed, so that nobody is told that they are absent after
 * somebody has seen them. It is safe from any thread, as {@code followedTo} and {@code
 * uselessUntil} are, which rows alone raise and readers do. {@code overtaken} holds ids of which
 * the ground truth has told that it holds something above a write of here, without saying in which
 * row.
 *
 * <p>{@code filter} is read by anyone, without a lock, and replaced under the monitor, under which
 * rows are taken in too. {@code position}, {@code building}, {@code unsaved} and {@code failures}
 * are guarded by the monitor; what is built belongs to the runs of {@code task}.
 */
public final class FilterKeeper {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final int PAGE_ROWS = 256;
  // Changes that may wait to be taken into what is built; read pages take them every few ms.
  private static final long MAX_TAIL = 2_000_000;
  private static final long MIN_ROOM = 1 << 16;
  private static final int MAX_AHEAD = 1 << 16;
  // How often it is looked whether the follower has come to where the walk was.
  private static final long SETTLE_NANOS = Duration.ofMillis(10).toNanos();

  private final TierPort truth;
  private final ExistenceFilterProvider provider;
  private final @Nullable Snapshots snapshots;
  private final BooleanSupplier stale;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final SerialTask task;
  private final ConcurrentHashMap<String, Long> ahead = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Revision> overtaken = new ConcurrentHashMap<>();
  private final AtomicLong uselessUntil = new AtomicLong();
  private final LongAdder absences = new LongAdder();
  private final LongAdder builds = new LongAdder();
  private volatile Settings settings;
  private volatile @Nullable ExistenceFilter filter;
  private volatile long followedTo;
  private volatile boolean started;
  private volatile boolean stopped;
  private @Nullable Position position;
  private @Nullable Building building;
  // Changes since a snapshot was tried; above 0 while one is to be kept.
  private long unsaved;
  private int failures;
  // Belong to the runs of the task.
  private long savedAtNanos;
  private boolean snapshotTried;

  /**
   * The options that may change while it runs.
   *
   * @param snapshotNanos how often a snapshot is kept
   * @param snapshotChanges after how many changes one is kept earlier
   * @param pause the pause after so many builds that failed one after the other
   */
  public record Settings(long snapshotNanos, long snapshotChanges, IntFunction<Duration> pause) {}

  /**
   * Makes a keeper that knows nothing yet; {@code executor} builds and saves.
   *
   * @param snapshots where snapshots are kept; null for none
   * @param stale whether the end of the change log was not seen for too long
   */
  public FilterKeeper(
      TierPort truth,
      ExistenceFilterProvider provider,
      @Nullable Snapshots snapshots,
      BooleanSupplier stale,
      Settings settings,
      TimeSource time,
      Scheduler scheduler,
      FailPoints failPoints,
      Executor executor,
      Consumer<Throwable> onError) {
    this.truth = truth;
    this.provider = provider;
    this.snapshots = snapshots;
    this.stale = stale;
    this.settings = settings;
    this.time = time;
    this.failPoints = failPoints;
    this.savedAtNanos = time.nanoTime();
    this.task = new SerialTask(executor, scheduler, time, this::run, onError);
  }

  /** Takes other options. */
  public void configure(Settings newSettings) {
    settings = newSettings;
  }

  /** Builds and saves from now on. */
  public void start() {
    started = true;
    task.kick();
  }

  /** Builds and saves no more; keeps a last snapshot if a run ends within the bound. */
  public void stop(Duration bound) {
    stopped = true;
    if (task.stop(bound) && started) {
      save();
    }
  }

  // --- reading

  /** Whether an id is known to be absent from the ground truth; false says nothing. */
  public boolean knowsAbsent(String id) {
    ExistenceFilter known = filter;
    if (known == null || (stale.getAsBoolean() && failPoints.proceed(FailPoint.FILTER_TRUST))) {
      return false;
    }
    if (ahead.containsKey(id) || overtaken.containsKey(id) || followedTo < uselessUntil.get()) {
      return false;
    }
    boolean absent = !known.mightContain(IdHash.of(id));
    if (absent) {
      absences.increment();
    }
    return absent;
  }

  /** A tier below was seen to hold an entry, which may be newer than what was followed. */
  public void seen(Entry entry) {
    long sequence = entry.sequence();
    if (sequence <= followedTo || entry.tombstone()) {
      return;
    }
    if (ahead.size() >= MAX_AHEAD) {
      // So many are newer that it says nothing at all until they are followed.
      uselessUntil.accumulateAndGet(sequence, Math::max);
      return;
    }
    ahead.merge(entry.id(), sequence, Math::max);
    if (sequence <= followedTo) {
      ahead.remove(entry.id(), sequence);
    }
  }

  /** The ground truth holds something at or above an entry, in a row that a poll brings. */
  public void overtaken(Entry entry) {
    overtaken.merge(entry.id(), entry.revision(), (a, b) -> a.isAbove(b) ? a : b);
  }

  /** A poll has brought the rows of what was overtaken before. */
  public void settled(List<Entry> entries) {
    for (Entry entry : entries) {
      overtaken.computeIfPresent(
          entry.id(), (id, revision) -> revision.isAbove(entry.revision()) ? revision : null);
    }
  }

  /** Whether there is a filter, and what it says counts now. */
  public boolean trusted() {
    return filter != null && !stale.getAsBoolean();
  }

  /** The ids in the filter; 0 while there is none. */
  public long count() {
    ExistenceFilter known = filter;
    return known == null ? 0 : known.count();
  }

  /** The memory that the filter takes. */
  public long bytes() {
    ExistenceFilter known = filter;
    return known == null ? 0 : known.bytes();
  }

  /** How often the filter says nothing of an absent id; 1 while there is none. */
  public double falsePositiveRate() {
    ExistenceFilter known = filter;
    return known == null ? 1 : known.falsePositiveRate();
  }

  /** Reads that the filter answered. */
  public long absences() {
    return absences.sum();
  }

  /** Filters that were put to use, restored ones included. */
  public long builds() {
    return builds.sum();
  }

  // --- following

  /**
   * Takes in the next row: what it adds before the others let go of what they know of its ids, what
   * it removes after them, so that nobody finds in memory what somebody was told is absent.
   *
   * @param others takes the row into memory and pending; runs once, under the monitor
   */
  public synchronized void followed(ChangeRow row, Runnable others) {
    Position at = position;
    if (at == null) {
      others.run();
      return;
    }
    position = new Position(at.databaseId(), row.sequence(), row.tag());
    if (building != null) {
      building.add(row);
    }
    ExistenceFilter known = filter;
    if (known != null && failPoints.proceed(FailPoint.FILTER_FEED) && add(known, row)) {
      others.run();
      remove(known, row);
    } else {
      others.run();
    }
    followedTo = row.sequence();
    if (!ahead.isEmpty()) {
      for (Change change : row.changes()) {
        ahead.computeIfPresent(
            change.id(), (id, sequence) -> sequence <= row.sequence() ? null : sequence);
      }
    }
  }

  /** Adds what a row brings; false, and it is not used any more, if there is no room. */
  private boolean add(ExistenceFilter known, ChangeRow row) {
    for (Change change : row.changes()) {
      if (more(change) > 0 && !known.add(IdHash.of(change.id()))) {
        LOG.log(System.Logger.Level.INFO, "the filter is full; it is built anew");
        filter = null;
        kick();
        return false;
      }
    }
    return true;
  }

  private void remove(ExistenceFilter known, ChangeRow row) {
    for (Change change : row.changes()) {
      if (more(change) < 0) {
        known.remove(IdHash.of(change.id()));
      }
    }
    unsaved += row.changes().size();
    if (isFull(known) || (snapshots != null && unsaved >= settings.snapshotChanges)) {
      kick();
    }
  }

  /** Nothing that was learned holds; rows come from {@code from} on. */
  public synchronized void anotherHistory(Position from) {
    filter = null;
    building = null;
    position = from;
    ahead.clear();
    uselessUntil.set(0);
    followedTo = from.sequence();
    kick();
  }

  private void kick() {
    if (started) {
      task.kick();
    }
  }

  private static boolean isFull(ExistenceFilter filter) {
    return filter.count() >= filter.capacity();
  }

  /** Takes in a change; returns whether there was room. */
  private static boolean feed(ExistenceFilter filter, Change change) {
    int more = more(change);
    if (more == 0) {
      return true;
    }
    long hash = IdHash.of(change.id());
    if (more > 0) {
      return filter.add(hash);
    }
    filter.remove(hash);
    return true;
  }

  /** How many live ids more there are by a change: 1, 0 or −1. */
  private static int more(Change change) {
    int before = change.before() == Before.State.LIVE ? 1 : 0;
    int after = change.revision().tombstone() ? 0 : 1;
    return after - before;
  }

  // --- building

  private void run() {
    if (stopped) {
      return;
    }
    long pause = settings.snapshotNanos;
    try {
      Building mine = toBuild();
      if (mine != null) {
        mine.proceed();
      }
      if (isBuilding()) {
        pause = SETTLE_NANOS;
      } else if (isSnapshotDue()) {
        save();
      }
    } catch (SyncEngineException e) {
      LOG.log(System.Logger.Level.DEBUG, "the filter could not be built; it is tried again", e);
      pause = abandoned();
    } catch (RuntimeException | Error e) {
      // What was half made must not be gone on with.
      pause = abandoned();
      throw e;
    } finally {
      task.kickAfter(pause);
    }
  }

  private synchronized boolean isBuilding() {
    return building != null;
  }

  private synchronized long abandoned() {
    building = null;
    failures++;
    return settings.pause.apply(failures).toNanos();
  }

  /** What is to be built or is being built; null if there is nothing to do. */
  private synchronized @Nullable Building toBuild() {
    Position at = position;
    if (at == null) {
      return null;
    }
    if (building == null && (filter == null || isFull(filter))) {
      building = new Building(at);
    }
    return building;
  }

  /**
   * A filter in the making. Rows that the follower hands over meanwhile wait in {@code tail}, under
   * the keeper's monitor; everything else belongs to the runs of the task.
   */
  private final class Building {
    private final Position start;
    private final HeaderWalk walk;
    private List<ChangeRow> tail = new ArrayList<>();
    private long tailChanges;
    private @Nullable ExistenceFilter made;
    // What has changed since the snapshot, or all ids without one.
    private long changes;

    Building(Position start) {
      this.start = start;
      this.walk = new HeaderWalk(truth, start.databaseId(), IdRange.ALL);
    }

    /** Under the monitor. */
    void add(ChangeRow row) {
      tail.add(row);
      tailChanges += row.changes().size();
    }

    /** Builds what is not built yet, and puts it to use once the follower is where the walk was. */
    void proceed() {
      ExistenceFilter ready = made;
      if (ready == null) {
        ready = restored();
        if (ready == null) {
          ready = walked();
          changes = ready.count();
        }
        made = ready;
      }
      for (List<ChangeRow> rows = take(ready); !rows.isEmpty(); rows = take(ready)) {
        for (ChangeRow row : rows) {
          takeIn(ready, row);
          changes += row.changes().size();
        }
      }
    }

    /** Takes the rows that wait; if none does and the walk is overtaken, the filter is in use. */
    private List<ChangeRow> take(ExistenceFilter ready) {
      synchronized (FilterKeeper.this) {
        List<ChangeRow> rows = drained();
        if (rows.isEmpty() && position != null && position.sequence() >= walk.highest()) {
          filter = ready;
          building = null;
          failures = 0;
          unsaved += changes;
          builds.increment();
        }
        return rows;
      }
    }

    private void requireMine() {
      if (building != this || stopped) {
        throw new TierUnavailableException(
            truth.name(), "filter", "the history is another one, or the engine closes", null);
      }
      if (tailChanges > MAX_TAIL) {
        throw new TierUnavailableException(
            truth.name(), "filter", "too much was written while it was built", null);
      }
    }

    private void takeIn(ExistenceFilter target, ChangeRow row) {
      for (Change change : row.changes()) {
        if (walk.missed(change.id(), row.sequence()) && !feed(target, change)) {
          throw new TierUnavailableException(
              truth.name(), "filter", "more was written than there is room for", null);
        }
      }
    }

    /** Reads all ids. */
    private ExistenceFilter walked() {
      Hashes hashes = new Hashes();
      Map<Long, Integer> changed = new HashMap<>();
      for (List<Header> page = walk.next(); page != null; page = walk.next()) {
        for (Header header : page) {
          if (header.live()) {
            hashes.add(IdHash.of(header.id()));
          }
        }
        // What came before the next page is read counts only for pages that were read before.
        for (ChangeRow row : waiting()) {
          for (Change change : row.changes()) {
            if (walk.missed(change.id(), row.sequence())) {
              changed.merge(IdHash.of(change.id()), more(change), Integer::sum);
            }
          }
        }
      }
      ExistenceFilter target = provider.create(room(hashes.size() + changed.size()));
      boolean fits = hashes.addTo(target);
      for (Map.Entry<Long, Integer> change : changed.entrySet()) {
        for (int i = 0; i < change.getValue(); i++) {
          fits &= target.add(change.getKey());
        }
        for (int i = change.getValue(); i < 0; i++) {
          target.remove(change.getKey());
        }
      }
      if (!fits) {
        throw new TierUnavailableException(
            truth.name(), "filter", "the filter has less room than it was made for", null);
      }
      return target;
    }

    private List<ChangeRow> waiting() {
      synchronized (FilterKeeper.this) {
        return drained();
      }
    }

    /** The rows that wait, which do not any more; under the monitor. */
    private List<ChangeRow> drained() {
      requireMine();
      List<ChangeRow> rows = tail;
      tail = new ArrayList<>();
      tailChanges = 0;
      return rows;
    }

    /** The snapshot and every change after it up to the start; null if there is none that fits. */
    private @Nullable ExistenceFilter restored() {
      if (snapshotTried || snapshots == null) {
        return null;
      }
      FilterSnapshot snapshot = null;
      try {
        snapshot = kept(snapshots);
      } catch (TierException e) {
        // Whether it fits is not known: that is tried again.
        throw e;
      } catch (IOException | SyncEngineException e) {
        LOG.log(System.Logger.Level.WARNING, "the filter's snapshot is not used", e);
      }
      snapshotTried = true;
      if (snapshot == null) {
        return null;
      }
      // Instead of the walk, which reads all ids where there is no snapshot that will do.
      walk.skip(start.sequence());
      return snapshot.filter();
    }

    /** The snapshot, brought to the start; null if there is none that fits. */
    private @Nullable FilterSnapshot kept(Snapshots from) throws IOException {
      Optional<List<byte[]>> kept = from.snapshot(FilterSnapshot.NAME);
      if (kept.isEmpty()) {
        return null;
      }
      FilterSnapshot snapshot = FilterSnapshot.read(kept.get(), provider);
      return caughtUp(snapshot) ? snapshot : null;
    }

    private boolean caughtUp(FilterSnapshot snapshot) {
      Position at = snapshot.at();
      while (at.sequence() < start.sequence()) {
        long from = Math.max(1, at.sequence());
        ChangePage page = truth.retried(() -> truth.poll(from, PAGE_ROWS));
        if (!at.goesOnIn(page)) {
          return false;
        }
        long before = at.sequence();
        for (ChangeRow row : page.rows()) {
          if (row.sequence() > before && row.sequence() <= start.sequence()) {
            if (!feedAll(snapshot.filter(), row)) {
              return false;
            }
            changes += row.changes().size();
            at = new Position(at.databaseId(), row.sequence(), row.tag());
          }
        }
        if (at.sequence() == before) {
          return false;
        }
      }
      return at.equals(start) && !isFull(snapshot.filter());
    }

    private static boolean feedAll(ExistenceFilter filter, ChangeRow row) {
      for (Change change : row.changes()) {
        if (!feed(filter, change)) {
          return false;
        }
      }
      return true;
    }
  }

  private static long room(long count) {
    return count + Math.max(MIN_ROOM, count / 8);
  }

  /** Hashes of ids, 8 bytes each, while it is not known how many there are. */
  private static final class Hashes {
    private static final int CHUNK = 1 << 16;
    private final List<long[]> full = new ArrayList<>();
    private long[] last = new long[CHUNK];
    private int inLast;

    void add(long hash) {
      if (inLast == CHUNK) {
        full.add(last);
        last = new long[CHUNK];
        inLast = 0;
      }
      last[inLast++] = hash;
    }

    long size() {
      return (long) full.size() * CHUNK + inLast;
    }

    boolean addTo(ExistenceFilter target) {
      boolean fits = true;
      for (long[] chunk : full) {
        for (long hash : chunk) {
          fits &= target.add(hash);
        }
      }
      for (int i = 0; i < inLast; i++) {
        fits &= target.add(last[i]);
      }
      return fits;
    }
  }

  // --- saving

  private boolean isSnapshotDue() {
    synchronized (this) {
      if (snapshots == null || filter == null || unsaved == 0) {
        return false;
      }
      if (unsaved >= settings.snapshotChanges) {
        return true;
      }
    }
    return time.nanoTime() - savedAtNanos >= settings.snapshotNanos;
  }

  /** Keeps a snapshot, if there is something new; the copy is made while no row is taken in. */
  private void save() {
    if (snapshots == null) {
      return;
    }
    List<byte[]> chunks;
    synchronized (this) {
      if (filter == null || position == null || unsaved == 0) {
        return;
      }
      chunks = FilterSnapshot.write(position, provider.name(), filter);
      unsaved = 0;
    }
    savedAtNanos = time.nanoTime();
    try {
      snapshots.putSnapshot(FilterSnapshot.NAME, chunks.iterator());
    } catch (SyncEngineException e) {
      LOG.log(System.Logger.Level.WARNING, "no snapshot of the filter was kept", e);
      synchronized (this) {
        unsaved++; // so that it is tried again by time, not with each row
      }
    }
  }
}
