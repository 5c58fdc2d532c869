// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryCache;
import java.util.List;
import java.util.Random;

/** What befalls a cache, or somebody's way to it. Begun and ended again and again in a run. */
enum CacheFault {
  /** Nothing at all. */
  NONE {
    @Override
    void strike(CacheRun run, Random random) {}
  },
  /** One instance cannot reach the cache while others write. */
  CUT {
    @Override
    void strike(CacheRun run, Random random) {
      CacheRun.Instance one = run.any();
      if (random.nextBoolean()) {
        one.connection.cut();
      } else {
        one.connection.heal();
      }
    }
  },
  /** An instance dies between the commit and the write to the cache. */
  DEATH {
    @Override
    void strike(CacheRun run, Random random) {
      CacheRun.Instance one = run.any();
      one.connection.cut();
      run.write(one);
      run.replace(one);
    }
  },
  /** The cache comes back without its newest writes. */
  LOST_TAIL {
    @Override
    void strike(CacheRun run, Random random) {
      InMemoryCache.Snapshot old = run.cache.snapshot();
      for (int i = random.nextInt(8); i >= 0; i--) {
        run.act();
      }
      run.cache.restart(old);
    }
  },
  /** What was read waits on its way to the cache while the id changes. */
  LATE_FILL {
    @Override
    void strike(CacheRun run, Random random) {
      CacheRun.Instance one = run.any();
      String id = run.id();
      run.cache.evict(id);
      try (Gate gate = one.connection.stallNextPut()) {
        run.read(one, id);
        CacheRun.awaitHeld(gate);
        for (int i = random.nextInt(8); i >= 0; i--) {
          run.write(run.anyBut(one), random.nextBoolean() ? id : run.id());
          run.pass(random.nextInt(400));
          if (random.nextInt(3) == 0) {
            run.cache.evict(id);
          }
          run.read(run.anyBut(one), id);
        }
        if (random.nextInt(4) == 0) {
          run.cache.evictLanes();
        }
      }
    }
  },
  /** A commit comes late to the cache, which has forgotten the id. */
  LATE_WRITE {
    @Override
    void strike(CacheRun run, Random random) {
      CacheRun.Instance one = run.any();
      String id = run.id();
      try (Gate gate = one.connection.stallNextPut()) {
        run.write(one, id);
        CacheRun.awaitHeld(gate);
        for (int i = random.nextInt(8); i >= 0; i--) {
          run.write(run.anyBut(one), id);
          run.pass(random.nextInt(1000));
          run.cache.evict(id);
          if (random.nextInt(3) == 0) {
            run.cache.evictLanes();
          }
          run.read(run.anyBut(one), id);
        }
        run.cache.evict(id);
      }
    }
  },
  /** Eviction takes what it likes, also what the cache knows of itself; or the cache is full. */
  EVICTION {
    @Override
    void strike(CacheRun run, Random random) {
      switch (random.nextInt(6)) {
        case 0 -> run.cache.evictState();
        case 1 -> run.cache.evictLanes();
        case 2 -> run.cache.clear();
        case 3 -> run.cache.full(true);
        case 4 -> run.cache.full(false);
        default -> run.cache.evict(run.id());
      }
    }
  },
  /** All of it. */
  ALL {
    @Override
    void strike(CacheRun run, Random random) {
      List<CacheFault> others = List.of(CUT, DEATH, LOST_TAIL, LATE_FILL, LATE_WRITE, EVICTION);
      others.get(random.nextInt(others.size())).strike(run, random);
    }
  };

  abstract void strike(CacheRun run, Random random);
}
