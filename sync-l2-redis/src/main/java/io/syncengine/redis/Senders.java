// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for several nodes at once, so that none holds up what the others are asked.
 *
 * @param executor may refuse; then the caller's thread asks one after the other
 */
record Senders(Executor executor) {
  /**
   * Begins all; the last one is done by this thread.
   *
   * @param works at least one; each bounds itself
   */
  <T> List<Future<T>> begin(List<? extends Callable<T>> works) {
    List<FutureTask<T>> tasks = new ArrayList<>(works.size());
    works.forEach(work -> tasks.add(new FutureTask<>(work)));
    int last = tasks.size() - 1;
    tasks.subList(0, last).forEach(this::begin);
    tasks.get(last).run();
    return List.copyOf(tasks);
  }

  private void begin(FutureTask<?> task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  /** Waits for the end of one. */
  static <T> T result(Future<T> work, Duration timeout) throws ConnectionException {
    try {
      return work.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectionException known) {
        throw known;
      }
      throw new IllegalStateException("a node's client failed", e.getCause());
    } catch (TimeoutException e) {
      throw new ConnectionException("no reply in time", null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
  }
}
