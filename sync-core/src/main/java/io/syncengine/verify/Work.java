// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.model.Difference;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.VerifyReport;
import io.syncengine.resilience.Pauses;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What one verification or repair counts and finds, and how fast it goes. For one thread. */
final class Work {
  private static final long NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LEAST_PAUSE_NANOS = Duration.ofMillis(5).toNanos();

  private final TimeSource time;
  private final Pauses pauses;
  private final long itemsPerSecond;
  private final long startNanos;
  private final List<Difference> differences = new ArrayList<>();
  private final Set<Integer> buckets = new TreeSet<>();
  private boolean digestsTried;
  private boolean digestsLeft;
  private long differenceCount;
  private long repairedCount;
  private long inFlight;
  private long items;
  private long requests;
  private long digests;
  private long bytes;

  Work(TimeSource time, Pauses pauses, long itemsPerSecond) {
    this.time = time;
    this.pauses = pauses;
    this.itemsPerSecond = itemsPerSecond;
    this.startNanos = time.nanoTime();
  }

  void request(long digestsRead, long bytesRead) {
    requests++;
    digests += digestsRead;
    bytes += bytesRead;
  }

  /** Items were looked at; waits if that was faster than allowed. */
  void looked(long count) {
    items += count;
    if (itemsPerSecond > 0) {
      long due = startNanos + (long) ((double) items / itemsPerSecond * NANOS);
      long early = due - time.nanoTime();
      if (early > LEAST_PAUSE_NANOS) {
        pauses.await(Duration.ofNanos(early));
      }
    }
  }

  void found(Difference difference) {
    differenceCount++;
    if (difference.fix() == Fix.REPAIRED) {
      repairedCount++;
    }
    if (differences.size() < VerifyReport.MAX_LISTED) {
      differences.add(difference);
    }
  }

  void settled() {
    inFlight++;
  }

  /** Buckets of a side whose kept digests are not those of its rows. */
  void buckets(List<Integer> differing) {
    buckets.addAll(differing);
  }

  /** Kept digests of a side that were not right were put right, or could not be. */
  void digestsSettled(boolean right) {
    digestsTried = true;
    digestsLeft |= !right;
  }

  void pause(Duration pause) {
    pauses.await(pause);
  }

  VerifyReport report() {
    return new VerifyReport(
        differences,
        differenceCount,
        repairedCount,
        List.copyOf(buckets),
        digestsTried && !digestsLeft,
        inFlight,
        items,
        requests,
        digests,
        bytes,
        Duration.ofNanos(time.nanoTime() - startNanos));
  }
}
