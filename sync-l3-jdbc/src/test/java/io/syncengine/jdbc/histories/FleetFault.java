// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.testkit.servers.FaultProxy;
import io.syncengine.testkit.servers.RedisKeyspace;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What befalls one instance of a fleet, or all of them, while they play; all is well afterwards.
 */
enum FleetFault {
  /** One instance cannot reach the database. */
  DATABASE_CUT {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random) {
      cut(one.toDatabase, random);
      outage(random);
    }
  },
  /** One instance cannot reach Redis. */
  REDIS_CUT {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random) {
      cut(one.toRedis, random);
      outage(random);
    }
  },
  /** One instance can reach neither. */
  BOTH_CUT {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random) {
      cut(one.toDatabase, random);
      cut(one.toRedis, random);
      outage(random);
    }
  },
  /** Redis is killed and comes back empty. */
  REDIS_EMPTY {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random) {
      redis.kill();
      outage(random);
      redis.restart();
    }
  },
  /** One instance is killed and started again, with the filter that it has kept. */
  KILL {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random)
        throws IOException, InterruptedException {
      one.kill();
      one.startAgain();
    }
  },
  /** One instance is killed and started again without the filter that it has kept. */
  KILL_AND_REBUILD {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random)
        throws IOException, InterruptedException {
      one.kill();
      one.forgetFilter();
      one.startAgain();
    }
  },
  /** One instance is killed and started again while it cannot reach the database. */
  KILL_AND_CUT {
    @Override
    void strike(Fleet.Instance one, RedisKeyspace redis, Random random)
        throws IOException, InterruptedException {
      one.kill();
      one.toDatabase.refuse();
      one.startAgain();
      outage(random);
    }
  };

  private static final int LEAST_MILLIS = 100;
  private static final int MORE_MILLIS = 600;

  abstract void strike(Fleet.Instance one, RedisKeyspace redis, Random random)
      throws IOException, InterruptedException;

  static void cut(FaultProxy way, Random random) {
    switch (random.nextInt(3)) {
      case 0 -> way.refuse();
      case 1 -> way.reset();
      default -> way.blackhole();
    }
  }

  static void outage(Random random) {
    pass(Duration.ofMillis(LEAST_MILLIS + random.nextInt(MORE_MILLIS)));
  }

  /** Lets time pass, of which the servers' and processes' clocks are the real one. */
  static void pass(Duration time) {
    CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS))
        .join();
  }
}
