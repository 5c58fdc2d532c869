// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import io.syncengine.SyncEngineConfig;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How a store is written to and killed; all of it follows from the seed and the kind of kill, so
 * that parent and child find the same.
 *
 * @param kill the kind
 * @param killAfter acknowledged writes after which it is killed, or its fail point is armed
 * @param nth at which time from then on the fail point ends the process
 * @param stallAfter acknowledged writes after which no batch gets to the ground truth any more
 * @param again whether the store is opened and killed a second time before it is checked
 */
record Scenario(
    long seed,
    Kill kill,
    int killAfter,
    int nth,
    int stallAfter,
    boolean again,
    int ids,
    int maxContent,
    int window,
    int persistedPercent,
    int flushMillis,
    int flushCount,
    long l1Bytes) {
  private static final int NEVER = Integer.MAX_VALUE;

  /**
   * A kind of kill.
   *
   * @param name for the table
   * @param point where the child ends itself; null if the parent kills it
   * @param flush how fast the flusher is
   */
  record Kill(String name, FailPoint point, Flush flush) {}

  /** How batches get to the ground truth. */
  enum Flush {
    /** All the time. */
    BUSY,
    /** Only when somebody waits, which is rare. */
    LAZY,
    /** From some moment on not at all. */
    STALLED,
    /** The same, with little memory. */
    SPILLING
  }

  private static final List<FailPoint> POINTS =
      List.of(
          FailPoint.GATE,
          FailPoint.STAMP,
          FailPoint.LOG_APPEND,
          FailPoint.LOG_COMMIT,
          FailPoint.LOG_APPENDED,
          FailPoint.PUBLISH,
          FailPoint.ACK,
          FailPoint.FLUSH_TAKE,
          FailPoint.TIER_HEAD,
          FailPoint.TIER_ROWS,
          FailPoint.TIER_COMMIT,
          FailPoint.TIER_COMMITTED,
          FailPoint.CONFIRM,
          FailPoint.FOLLOW,
          FailPoint.TRUNCATE,
          FailPoint.TRUNCATED,
          FailPoint.REPLAY,
          FailPoint.SPILL);

  /** The kinds; as many as kills are asked of a build. */
  static final List<Kill> KILLS = kills();

  private static List<Kill> kills() {
    List<Kill> kills = new ArrayList<>();
    for (FailPoint point : POINTS) {
      Flush flush =
          switch (point) {
            case REPLAY -> Flush.STALLED;
            case SPILL -> Flush.SPILLING;
            default -> Flush.BUSY;
          };
      kills.add(new Kill(point.name(), point, flush));
    }
    for (Flush flush :
        List.of(
            Flush.STALLED,
            Flush.STALLED,
            Flush.STALLED,
            Flush.LAZY,
            Flush.LAZY,
            Flush.SPILLING,
            Flush.BUSY)) {
      kills.add(new Kill("SIGKILL " + flush, null, flush));
    }
    return kills;
  }

  /** The scenario of a seed, whose kind is the next in the list as the seed rises. */
  static Scenario of(long seed) {
    return of(seed, (int) Math.floorMod(seed, (long) KILLS.size()));
  }

  static Scenario of(long seed, int kind) {
    Kill kill = KILLS.get(kind);
    SplittableRandom random = new SplittableRandom(seed);
    boolean stalled = kill.flush == Flush.STALLED || kill.flush == Flush.SPILLING;
    boolean little = kill.flush == Flush.SPILLING;
    boolean lazy = kill.flush == Flush.LAZY;
    return new Scenario(
        seed,
        kill,
        random.nextInt(1000, 2500),
        random.nextInt(1, mostTimes(kill.point)),
        stalled ? random.nextInt(1, 600) : NEVER,
        kill.point == FailPoint.REPLAY || random.nextInt(4) == 0,
        little ? 400 : random.nextInt(150, 500),
        little ? 1000 : random.nextInt(40, 1200),
        little ? 16 : random.nextInt(16, 150),
        lazy ? 0 : random.nextInt(5, 40),
        lazy ? 60_000 : random.nextInt(1, 60),
        lazy ? 100_000 : random.nextInt(5, 400),
        little ? 400 << 10 : 64 << 20);
  }

  /** Replay comes to every entry of the log, truncation only now and then. */
  private static int mostTimes(FailPoint point) {
    if (point == FailPoint.TRUNCATE || point == FailPoint.TRUNCATED) {
      return 4;
    }
    return point == FailPoint.REPLAY ? 400 : 12;
  }

  /**
   * The kill of a life of the store. Replay needs a store that was killed before; a second life is
   * otherwise ended by the parent.
   */
  FailPoint point(int run) {
    int its = kill.point == FailPoint.REPLAY ? 2 : 1;
    return run == its ? kill.point : null;
  }

  int runs() {
    return again ? 2 : 1;
  }

  /** An engine on the store in a folder. */
  SyncEngineConfig config(Path folder, boolean log, FailPoints failPoints) {
    SyncEngineConfig.Builder builder =
        SyncEngineConfig.builder()
            .sqlUrl("sqlite:" + folder.resolve("l3.db"))
            .l1MaxBytes(l1Bytes)
            .batchFlushInterval(Duration.ofMillis(flushMillis))
            .batchFlushCount(flushCount)
            .changePoll(Duration.ofMillis(20))
            .failPoints(failPoints);
    return (log ? builder.walPath(folder.resolve("log.db")) : builder).build();
  }

  @Override
  public String toString() {
    return kill.name + ", seed " + seed;
  }
}
