// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.DurabilityException;
import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.SnapshotArguments;
import io.syncengine.spi.Snapshots;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.spi.WriteAheadLogConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A write-ahead log in memory, for model tests of what uses one. Its contents live as long as the
 * object: to restart an engine, close or {@link #crash} and open the same object again. After a
 * crash all that {@link #append} returned is there. Has {@link DeadLetterStore} and {@link
 * Snapshots}. Safe from any thread.
 *
 * @since 0.1
 */
// Concurrency: `lock` guards all fields. Visitors, fail points and what makes chunks are called
// without it.
public final class InMemoryLog implements WriteAheadLog, Snapshots {
  private final ReentrantLock lock = new ReentrantLock();
  private final NavigableMap<Long, List<Entry>> groups = new TreeMap<>();
  private final Map<String, String> state = new HashMap<>();
  private final Map<String, List<byte[]>> snapshots = new HashMap<>();
  private final InMemoryDeadLetters deadLetters = new InMemoryDeadLetters();
  private @Nullable WriteAheadLogConfig config;
  private int readers;
  private boolean broken;
  private @Nullable String namespace;
  private long lastGroup;
  private long ceiling;
  private long bytes;
  private double diskUse;
  private int failingAppends;
  private boolean keepFailed;
  private int failingReopens;
  private int failingTruncations;
  private int failingSnapshots;

  /** Makes an empty log. */
  public InMemoryLog() {}

  /**
   * The next appends fail, each until a {@link #reopen}.
   *
   * @param count how many
   * @param kept whether the group is in the log all the same and appears in the next replay; the
   *     caller cannot know
   */
  public void failAppends(int count, boolean kept) {
    locked(
        () -> {
          failingAppends = count;
          keepFailed = kept;
        });
  }

  /**
   * The next appends fail and leave nothing, each until a {@link #reopen}.
   *
   * @param count how many
   */
  public void failAppends(int count) {
    failAppends(count, false);
  }

  /**
   * The next reopens fail.
   *
   * @param count how many
   */
  public void failReopens(int count) {
    locked(() -> failingReopens = count);
  }

  /**
   * The next truncations fail and forget nothing.
   *
   * @param count how many
   */
  public void failTruncations(int count) {
    locked(() -> failingTruncations = count);
  }

  /**
   * The next puts of a snapshot fail once its chunks were made, and leave the old one.
   *
   * @param count how many
   */
  public void failSnapshots(int count) {
    locked(() -> failingSnapshots = count);
  }

  /**
   * What {@link #diskUse} says.
   *
   * @param use 0 to 1
   */
  public void setDiskUse(double use) {
    locked(() -> diskUse = use);
  }

  /**
   * The process dies: gives the writer's lock back without a close. Keeps all that {@link #append}
   * and {@link #putState} took.
   */
  public void crash() {
    locked(
        () -> {
          config = null;
          readers = 0;
          broken = false;
        });
  }

  /**
   * How many groups it holds.
   *
   * @return the number
   */
  public int groups() {
    lock.lock();
    try {
      return groups.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void open(WriteAheadLogConfig by) {
    locked(
        () -> {
          if (namespace != null && !namespace.equals(by.namespace())) {
            throw new SyncEngineException("the log belongs to another namespace", null);
          }
          if (by.readOnly()) {
            readers++;
            return;
          }
          if (config != null) {
            throw new SyncEngineException("the log is locked by another engine", null);
          }
          namespace = by.namespace();
          config = by;
          broken = false;
        });
  }

  @Override
  public long append(List<Entry> entries, long clockCeiling) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries is empty");
    }
    WriteAheadLogConfig by = writer();
    try {
      by.failPoints().proceed(FailPoint.LOG_COMMIT);
    } catch (RuntimeException e) {
      locked(() -> broken = true);
      throw new DurabilityException("append failed at a fail point", e);
    }
    lock.lock();
    try {
      boolean fails = failingAppends > 0 && failingAppends-- > 0;
      if (!fails || keepFailed) {
        groups.put(++lastGroup, List.copyOf(entries));
        bytes += size(entries);
        ceiling = Math.max(ceiling, clockCeiling);
      }
      if (fails) {
        broken = true;
        throw new DurabilityException("append failed by order of the test", null);
      }
      return lastGroup;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void reopen() {
    locked(
        () -> {
          requireWriter();
          if (failingReopens > 0) {
            failingReopens--;
            throw new DurabilityException("reopen failed by order of the test", null);
          }
          broken = false;
        });
  }

  @Override
  public Optional<Entry> read(LogPlace place) {
    lock.lock();
    try {
      requireOpen();
      List<Entry> group = groups.get(place.group());
      if (group == null) {
        return Optional.empty();
      }
      return Optional.of(group.get(place.index()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void replay(Visitor visitor) {
    NavigableMap<Long, List<Entry>> seen = new TreeMap<>();
    locked(
        () -> {
          requireOpen();
          seen.putAll(groups);
        });
    seen.forEach(
        (group, entries) -> {
          for (int i = 0; i < entries.size(); i++) {
            visitor.visit(new LogPlace(group, i), entries.get(i));
          }
        });
  }

  @Override
  public void truncateBelow(long group) {
    WriteAheadLogConfig by = writer();
    locked(
        () -> {
          if (failingTruncations > 0) {
            failingTruncations--;
            throw new DurabilityException("truncation failed by order of the test", null);
          }
          NavigableMap<Long, List<Entry>> old = groups.headMap(group, false);
          old.values().forEach(g -> bytes -= size(g));
          old.clear();
        });
    by.failPoints().proceed(FailPoint.TRUNCATED);
  }

  @Override
  public long clockCeiling() {
    lock.lock();
    try {
      return ceiling;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of ids and contents in it, and 64 for each entry. */
  @Override
  public long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public double diskUse() {
    lock.lock();
    try {
      return diskUse;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> state(String key) {
    lock.lock();
    try {
      return Optional.ofNullable(state.get(key));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void putState(String key, String value) {
    locked(
        () -> {
          requireWriter();
          state.put(key, value);
        });
  }

  @Override
  public void putSnapshot(String name, Iterator<byte[]> chunks) {
    SnapshotArguments.name(name);
    List<byte[]> made = new ArrayList<>();
    while (chunks.hasNext()) {
      made.add(SnapshotArguments.chunk(chunks.next()).clone());
    }
    SnapshotArguments.count(made.size());
    locked(
        () -> {
          requireWriter();
          if (failingSnapshots > 0) {
            failingSnapshots--;
            throw new DurabilityException("a snapshot failed by order of the test", null);
          }
          snapshots.put(name, made);
        });
  }

  @Override
  public Optional<List<byte[]>> snapshot(String name) {
    SnapshotArguments.name(name);
    lock.lock();
    try {
      requireOpen();
      return Optional.ofNullable(snapshots.get(name))
          .map(chunks -> chunks.stream().map(byte[]::clone).toList());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void removeSnapshot(String name) {
    SnapshotArguments.name(name);
    locked(
        () -> {
          requireWriter();
          snapshots.remove(name);
        });
  }

  @Override
  public <C> Optional<C> capability(Class<C> type) {
    return type == DeadLetterStore.class
        ? Optional.of(type.cast(deadLetters))
        : WriteAheadLog.super.capability(type);
  }

  /** Closes the writer, or with none a reader. What was put as state is kept. */
  @Override
  public void close() {
    locked(
        () -> {
          if (config != null) {
            config = null;
          } else if (readers > 0) {
            readers--;
          }
        });
  }

  private WriteAheadLogConfig writer() {
    lock.lock();
    try {
      WriteAheadLogConfig by = requireWriter();
      if (broken) {
        throw new DurabilityException("the log takes no more until it is reopened", null);
      }
      return by;
    } finally {
      lock.unlock();
    }
  }

  private WriteAheadLogConfig requireWriter() {
    if (config == null) {
      throw new DurabilityException("the log is not open for writing", null);
    }
    return config;
  }

  private void requireOpen() {
    if (config == null && readers == 0) {
      throw new SyncEngineException("the log is not open", null);
    }
  }

  private void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  private static long size(List<Entry> entries) {
    long size = 0;
    for (Entry e : entries) {
      size += 64L + e.id().getBytes(StandardCharsets.UTF_8).length + e.contentLength();
    }
    return size;
  }
}
