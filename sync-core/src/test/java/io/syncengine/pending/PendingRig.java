// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.memory.TanCurveMemoryTierProvider;
import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.TimeSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Pending over the memory tier, with a clock that a test sets. For one thread. */
final class PendingRig implements TimeSource {
  final Stripes stripes = new Stripes();
  final MemoryTier memory = memory();
  final Set<FailPoint> leftOut = EnumSet.noneOf(FailPoint.class);
  final Pending pending = new Pending(stripes, memory, this, point -> !leftOut.contains(point));
  long nanos;

  private static MemoryTier memory() {
    return new TanCurveMemoryTierProvider()
        .create(
            new MemoryTierConfig() {
              @Override
              public long maxBytes() {
                return 1 << 20;
              }

              @Override
              public TimeSource timeSource() {
                return TimeSource.SYSTEM;
              }

              @Override
              public RandomGenerator random() {
                return new SplittableRandom(1);
              }

              @Override
              public Map<String, String> properties() {
                return Map.of();
              }
            });
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long currentTimeMillis() {
    return 0;
  }

  static SyncItem item(String id, long version, String content) {
    return SyncItem.of(id, content).stamped(version, 0);
  }

  static Entry entry(String id, long version, String content) {
    return Entry.ofItem(item(id, version, content));
  }

  static Entry entry(String id, long version) {
    return entry(id, version, "v" + version);
  }

  static Entry tombstone(String id, long version) {
    return Entry.ofTombstone(id, version, 0);
  }

  /** Two writes of one version, the lower content hash first. */
  static List<Entry> tie(String id, long version) {
    Entry x = entry(id, version, "x");
    Entry y = entry(id, version, "y");
    return x.isAbove(y) ? List.of(y, x) : List.of(x, y);
  }

  /** The group names the place; the index does not matter here. */
  static LogPlace group(long group) {
    return new LogPlace(group, 0);
  }

  static Change change(Entry entry) {
    return new Change(entry.id(), entry.revision(), Before.State.ABSENT, new byte[0]);
  }

  static Waiter waiter(Entry entry) {
    return waiter(entry, false);
  }

  static Waiter waiter(Entry entry, boolean versionGiven) {
    Receipt receipt =
        entry.tombstone()
            ? Receipt.ofDelete(entry.id(), entry.revision(), Ack.LOGGED, Outcome.APPLIED)
            : Receipt.ofValue(entry.toItem(), Ack.LOGGED, Outcome.APPLIED);
    return new Waiter(receipt, versionGiven, new CompletableFuture<>());
  }

  Outcome publish(Entry entry) {
    return pending.publish(entry, null, Doubt.NONE, null);
  }

  Outcome publish(Entry entry, long group) {
    return pending.publish(entry, group(group), Doubt.NONE, null);
  }

  Outcome publish(Entry entry, Waiter waiter) {
    return pending.publish(entry, null, Doubt.NONE, waiter);
  }

  /** A batch of all that waits, from a log that has nothing. */
  List<Entry> take() {
    return pending.take(100, 1 << 20, place -> Optional.empty());
  }

  /** The batch is done, and nothing failed. */
  void land() {
    pending.landed(Map.of(), tries -> 0);
  }

  /** What memory shows; null for nothing. */
  String shown(String id) {
    SyncItem item = memory.peek(id);
    return item == null ? null : item.contentAsString();
  }

  Doubt doubt(String id) {
    return pending.find(id).doubt();
  }
}
