// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.pending.Stripes;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Shares misses: of several readers of one id the first asks the tiers, on its own thread, and the
 * others wait for it. A load may be joined only while nothing has changed since it began, so nobody
 * gets an answer older than the moment it asked.
 *
 * <p>Safe from any thread; {@code running} holds at most one load an id that may be joined.
 */
final class Loads {
  private final Function<String, Answer> tiers;
  private final String lastTier;
  private final Stripes stripes;
  private final Duration timeout;
  private final ConcurrentHashMap<String, Load> running = new ConcurrentHashMap<>();

  private record Load(long stamp, CompletableFuture<Answer> result) {}

  /**
   * Makes it.
   *
   * @param tiers asks one tier after the other
   * @param lastTier what the last one is called
   * @param timeout of one of them
   */
  Loads(Function<String, Answer> tiers, String lastTier, Stripes stripes, Duration timeout) {
    this.tiers = tiers;
    this.lastTier = lastTier;
    this.stripes = stripes;
    this.timeout = timeout;
  }

  /** Loads an id; {@code stamp} is its stripe's counter before anything was looked at. */
  Answer load(String id, long stamp) {
    Load mine = new Load(stamp, new CompletableFuture<>());
    Load first = running.putIfAbsent(id, mine);
    if (first != null && first.stamp == stamp && stripes.stamp(id) == stamp) {
      return join(first);
    }
    if (first != null) {
      running.replace(id, first, mine);
    }
    try {
      Answer answer = tiers.apply(id);
      mine.result.complete(answer);
      return answer;
    } catch (RuntimeException | Error e) {
      mine.result.completeExceptionally(e);
      throw e;
    } finally {
      running.remove(id, mine);
    }
  }

  private Answer join(Load load) {
    try {
      // Each answers within its time-out; as long again for a leader that is not scheduled.
      return load.result.get(2 * timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new SyncEngineException("a shared load failed", e.getCause());
    } catch (TimeoutException e) {
      throw new TierUnavailableException(lastTier, "load", "a shared load took too long", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SyncEngineException("interrupted while waiting for a load", e);
    }
  }
}
