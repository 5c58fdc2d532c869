// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.batch;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.TierRole;
import io.syncengine.spi.TombstonePurge;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.FaultyTier.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyTierTest {
  private final ManualTime time = new ManualTime();
  private final InMemoryTier inside = new InMemoryTier();
  private final FaultyTier tier = new FaultyTier(inside, time);

  @BeforeEach
  void open() {
    tier.open(TestTierConfig.defaults().withRequestTimeout(Duration.ofSeconds(2)));
  }

  @Test
  void theNextCallsFailAndDoNothing() {
    tier.failNext(2);

    assertUnavailable(() -> tier.apply(batch(value("a", 1, "x"))));
    assertUnavailable(this::load);
    assertThat(load().found()).isEmpty();
    assertThat(tier.calls(Operation.LOAD)).isEqualTo(2);
    assertThat(tier.calls(Operation.APPLY)).isEqualTo(1);
  }

  @Test
  void theNextCallOfAnyOrOfOneOperationFails() {
    tier.failNext();
    assertUnavailable(this::load);
    load();

    tier.failNext(Operation.APPLY);
    load();
    assertUnavailable(() -> tier.apply(batch(value("a", 1, "x"))));
    tier.apply(batch(value("a", 1, "x")));
  }

  @Test
  void onlySomeOperationsFail() {
    tier.failNext(1, Operation.APPLY);
    load();
    assertUnavailable(() -> tier.apply(batch(value("a", 1, "x"))));

    tier.failAll(Operation.LOAD);
    tier.apply(batch(value("a", 1, "x")));
    assertUnavailable(this::load);
  }

  @Test
  void everythingFailsUntilHealed() {
    tier.failAll();

    assertUnavailable(this::load);
    assertUnavailable(() -> tier.open(TestTierConfig.defaults()));
    assertUnavailable(() -> tier.apply(batch(value("a", 1, "x"))));
    assertUnavailable(() -> tier.capability(ChangeLog.class).orElseThrow().poll(1, 1));
    assertUnavailable(
        () -> tier.capability(Scannable.class).orElseThrow().scan(IdRange.ALL, null, 1));
    assertUnavailable(() -> tier.capability(TombstonePurge.class).orElseThrow().purge(1, 1));
    assertUnavailable(() -> tier.capability(TombstonePurge.class).orElseThrow().horizonMillis());
    assertUnavailable(
        () -> tier.capability(Headers.class).orElseThrow().headers(IdRange.ALL, null, 1));
    Digests digests = tier.capability(Digests.class).orElseThrow();
    assertUnavailable(() -> digests.headers(IdRange.ALL, null, 1));
    assertUnavailable(() -> digests.digests(0, List.of(0)));
    assertUnavailable(() -> digests.buckets(List.of(0)));
    assertUnavailable(digests::fold);
    assertUnavailable(() -> digests.replaceDigests(0, new byte[0]));
    ChangeRetention retention = tier.capability(ChangeRetention.class).orElseThrow();
    assertUnavailable(() -> retention.register("a", 1));
    assertUnavailable(() -> retention.unregister("a"));
    assertUnavailable(() -> retention.trim(1, 1, 1));
    assertUnavailable(
        () -> tier.capability(Restore.class).orElseThrow().restore(batch(value("a", 1, "x"))));
    assertUnavailable(
        () -> tier.capability(CacheGenerations.class).orElseThrow().raiseGeneration(1));
    assertThat(inside.count()).isZero();
    assertThat(inside.poll(1, 0).generation()).isEqualTo(1);

    tier.heal();
    tier.apply(batch(value("a", 1, "x")));
    assertThat(load().found()).containsKey("a");
  }

  @Test
  void theCallsOfACacheFailWithIt() {
    FaultyTier faulty = new FaultyTier(new InMemoryCache().connect(), time);
    faulty.open(TestTierConfig.defaults().withRole(TierRole.CACHE));
    Cache cache = faulty.capability(Cache.class).orElseThrow();
    CacheSpace space = new CacheSpace("truth", 1);
    cache.begin(space, 0, 0);

    faulty.failAll(Operation.CACHE_STATE);
    assertUnavailable(() -> cache.state(space));
    assertUnavailable(() -> cache.begin(space, 0, 0));
    assertUnavailable(() -> cache.move(space, "one", 0, 1));
    assertUnavailable(() -> cache.advance(space, 0, 1, 1));
    assertThat(cache.get(space, List.of("a"))).isEmpty();
    assertThat(cache.put(space, List.of(), () -> 0)).isEmpty();

    faulty.heal();
    faulty.failAll(Operation.CACHE_GET, Operation.CACHE_PUT);
    assertUnavailable(() -> cache.get(space, List.of("a")));
    assertUnavailable(() -> cache.put(space, List.of(), () -> 0));
    assertThat(cache.state(space)).contains(new CacheState(0, 0, Map.of()));
  }

  @Test
  void aCallThatHangsGoesOnWhenHealed() {
    tier.hang();
    CompletableFuture<LoadResult> call = CompletableFuture.supplyAsync(this::load);
    tier.awaitHeld(1);
    assertThat(call).isNotDone();

    tier.heal();

    assertThat(call.join().found()).isEmpty();
    assertThat(tier.held()).isZero();
  }

  @Test
  void aCallThatHangsFailsAtItsTimeOut() {
    tier.hang(Operation.LOAD);
    CompletableFuture<LoadResult> call = CompletableFuture.supplyAsync(this::load);
    tier.awaitHeld(1);
    time.advance(Duration.ofMillis(1_999));
    assertThat(call).isNotDone();

    time.advance(Duration.ofMillis(1));

    assertThatThrownBy(call::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(TierUnavailableException.class);
  }

  @Test
  void timeOutsAlsoPassInRealTime() {
    FaultyTier real = new FaultyTier(inside);
    real.open(TestTierConfig.defaults().withRequestTimeout(Duration.ofMillis(5)));
    real.hang(Operation.LOAD);

    assertUnavailable(() -> real.load(List.of("a")));
  }

  @Test
  void aDelayedCallGoesOnAfterTheDelay() {
    tier.delayNext(Duration.ofSeconds(1), Operation.LOAD);
    tier.apply(batch(value("a", 1, "x")));
    CompletableFuture<LoadResult> call = CompletableFuture.supplyAsync(this::load);
    tier.awaitHeld(1);

    time.advance(Duration.ofSeconds(1));

    assertThat(call.join().found()).containsKey("a");
    load();
  }

  @Test
  void aDelayBeyondTheTimeOutFailsThere() {
    tier.delayNext(Duration.ofSeconds(3));
    CompletableFuture<LoadResult> call = CompletableFuture.supplyAsync(this::load);
    tier.awaitHeld(1);

    time.advance(Duration.ofSeconds(2));

    assertThatThrownBy(call::join).hasCauseInstanceOf(TierUnavailableException.class);
  }

  @Test
  void aCommitWithAnUnknownOutcomeIsThere() {
    tier.commitThenFail();

    assertUnavailable(() -> tier.apply(batch(value("a", 1, "x"))));

    assertThat(load().found()).containsKey("a");
    assertThat(tier.apply(batch(value("a", 1, "x"))).outcomes().get(0).kind())
        .isEqualTo(Kind.UNCHANGED);
  }

  @Test
  void aRefusedIdFailsAloneAndForGood() {
    tier.refuseIds("b"::equals, Refusal.ENTRY);

    ApplyResult result =
        tier.apply(batch(value("a", 1, "x"), value("b", 1, "x"), value("c", 1, "x")));

    assertThat(result.outcomes())
        .extracting(ItemOutcome::kind)
        .containsExactly(Kind.APPLIED, Kind.FAILED, Kind.APPLIED);
    assertThat(result.outcomes().get(1).retryable()).isFalse();
    assertThat(result.row().changes()).hasSize(2);
    ApplyResult alone = tier.apply(batch(value("b", 1, "x")));
    assertThat(alone.outcomes().get(0).reason()).isEqualTo(ItemOutcome.REFUSED);
    assertThat(alone.row()).isNull();
  }

  @Test
  void aRefusedIdFailsItsWholeBatchForGood() {
    tier.refuseIds("b"::equals, Refusal.BATCH);

    TierException e =
        catchThrowableOfType(
            TierException.class, () -> tier.apply(batch(value("a", 1, "x"), value("b", 1, "x"))));

    assertThat(e.retryable()).isFalse();
    assertThat(inside.count()).isZero();
    assertThat(tier.apply(batch(value("a", 1, "x"))).outcomes()).hasSize(1);
  }

  @Test
  void exceptionsNameTierAndOperation() {
    tier.failNext(1);

    TierUnavailableException e = catchThrowableOfType(TierUnavailableException.class, this::load);

    assertThat(e.tier()).isEqualTo("L3");
    assertThat(e.operation()).isEqualTo("load");
  }

  private LoadResult load() {
    return tier.load(List.of("a"));
  }

  private static void assertUnavailable(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(TierUnavailableException.class);
  }
}
