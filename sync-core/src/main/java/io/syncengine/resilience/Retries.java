// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.model.RetryPolicy;
import io.syncengine.model.TierException;
import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes a call again on the caller's thread while it fails with what may pass. Immutable; safe from
 * any thread.
 */
public final class Retries {
  private final Supplier<RetryPolicy> policy;
  private final Duration bound;
  private final TimeSource time;
  private final Pauses pauses;
  private final RandomGenerator random;

  /**
   * Makes retries.
   *
   * @param policy asked at each call
   * @param bound after how long no further try begins
   */
  public Retries(
      Supplier<RetryPolicy> policy,
      Duration bound,
      TimeSource time,
      Scheduler scheduler,
      RandomGenerator random) {
    this.policy = policy;
    this.bound = bound;
    this.time = time;
    this.pauses = new Pauses(scheduler);
    this.random = random;
  }

  /**
   * Runs until it succeeds, as {@link #call}.
   *
   * @throws TierException what the last try failed with
   */
  public void run(Runnable body) {
    call(
        () -> {
          body.run();
          return null;
        });
  }

  /**
   * Calls until it succeeds, tries or time are used up, or it fails for good.
   *
   * @throws TierException what the last try failed with
   */
  public <T> T call(Supplier<T> body) {
    long start = time.nanoTime();
    RetryPolicy tried = policy.get();
    for (int tries = 1; ; tries++) {
      try {
        return body.get();
      } catch (NotAskedException e) {
        throw e;
      } catch (TierException e) {
        Duration pause = tried.pause(tries, random);
        long spent = time.nanoTime() - start + pause.toNanos();
        if (!e.retryable() || tries >= tried.tries() || spent > bound.toNanos()) {
          throw e;
        }
        pauses.await(pause);
      }
    }
  }
}
