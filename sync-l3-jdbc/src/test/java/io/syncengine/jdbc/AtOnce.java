// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work of several threads that begin at the same moment. */
final class AtOnce {
  private AtOnce() {}

  interface Numbered<T> {
    T run(int n) throws Exception;
  }

  static <T> List<T> run(int count, Numbered<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      CyclicBarrier start = new CyclicBarrier(count);
      List<Callable<T>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int n = i;
        calls.add(
            () -> {
              start.await();
              return work.run(n);
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> f : threads.invokeAll(calls)) {
        results.add(f.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
