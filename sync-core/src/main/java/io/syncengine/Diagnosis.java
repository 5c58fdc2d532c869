// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.Health;
import io.syncengine.model.PressureLevel;
import io.syncengine.resilience.CircuitBreaker;
import io.syncengine.resilience.TierPort;
import io.syncengine.write.LogAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts the engine's troubles into words. */
final class Diagnosis {
  private final Parts parts;
  private final Upkeep upkeep;

  Diagnosis(Parts parts, Upkeep upkeep) {
    this.parts = parts;
    this.upkeep = upkeep;
  }

  Health health(EngineState state) {
    if (state != EngineState.RUNNING) {
      return new Health(
          Health.Status.DOWN, parts.truth.description(), List.of("the engine is " + state));
    }
    List<String> reasons = new ArrayList<>();
    groundTruth(reasons);
    cache(reasons);
    log(reasons);
    if (parts.stale()) {
      reasons.add(
          "the change log has not been read to its end for "
              + millis(parts.follower.nanosSinceConfirmed())
              + "; answers from memory may be stale");
    }
    long oldest = parts.pending.oldestNanos();
    if (oldest > parts.config().pendingMaxAge().toNanos()) {
      reasons.add("the oldest accepted write has waited for " + millis(oldest));
    }
    if (parts.pending.damaged() > 0) {
      reasons.add(
          parts.pending.damaged()
              + " writes cannot be flushed: their content in the log is damaged; write them again");
    }
    long ahead = parts.clock.millisAhead(parts.clock.ceiling());
    if (ahead > parts.config().clockTolerance().toMillis()) {
      reasons.add("versions are " + ahead + " ms ahead of this machine's clock");
    }
    long skew = upkeep.clockSkewMillis();
    if (skew != 0) {
      reasons.add(
          "this machine's clock is "
              + Math.abs(skew)
              + " ms "
              + (skew > 0 ? "ahead of" : "behind")
              + " that of "
              + parts.truth.name()
              + (parts.config().readOnly() ? "" : "; old tombstones are not purged"));
    }
    if (parts.pressure.level().compareTo(PressureLevel.CRITICAL) >= 0) {
      reasons.add("pressure is " + parts.pressure.level() + "; writes are refused");
    }
    return new Health(
        reasons.isEmpty() ? Health.Status.UP : Health.Status.DEGRADED,
        parts.truth.description(),
        reasons);
  }

  private void groundTruth(List<String> reasons) {
    parts
        .truth
        .failure()
        .ifPresent(
            f ->
                reasons.add(
                    parts.truth.name()
                        + " cannot be asked for "
                        + millis(parts.time.nanoTime() - f.sinceNanos())
                        + ": "
                        + f.reason()
                        + "; "
                        + parts.pending.unconfirmed()
                        + " writes wait"));
    if (parts.truth.breaker() != CircuitBreaker.State.CLOSED) {
      reasons.add(
          parts.truth.name()
              + ": its circuit breaker is "
              + parts.truth.breaker()
              + "; the next try may be made in "
              + millis(parts.truth.nanosUntilTrial()));
    }
    if (upkeep.joinFailure() != null && parts.truth.failure().isEmpty()) {
      reasons.add(parts.truth.name() + " was not joined: " + upkeep.joinFailure());
    }
    if (parts.truth.failure().isEmpty()) {
      parts.flusher.failure().ifPresent(f -> reasons.add("the last flush failed: " + f));
    }
  }

  private void cache(List<String> reasons) {
    CacheParts cache = parts.cache;
    if (cache == null || cache.feeder().nanosUnused() == 0) {
      return;
    }
    String why =
        Stream.of(
                cache.port().failure().map(TierPort.Failure::reason),
                Optional.ofNullable(cache.feeder().joinFailure()))
            .flatMap(Optional::stream)
            .findFirst()
            .orElse("it is not known what it lacks");
    reasons.add(
        cache.port().name()
            + " has not been in use for "
            + millis(cache.feeder().nanosUnused())
            + ": "
            + why
            + "; reads go to "
            + parts.truth.name());
  }

  private void log(List<String> reasons) {
    if (parts.log == null) {
      return;
    }
    LogAppender appender = parts.log.appender();
    appender.failure().ifPresent(f -> reasons.add("the log does not take writes: " + f));
    appender.truncationFailure().ifPresent(f -> reasons.add("the log was not cut: " + f));
    if (appender.unlogged() > 0) {
      reasons.add(appender.unlogged() + " writes at MEMORY did not get into the log");
    }
  }

  private static String millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis() + " ms";
  }
}
