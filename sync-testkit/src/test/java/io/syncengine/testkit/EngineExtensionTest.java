// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.FaultyTier.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

// A bound in real time well below that of a tier, which passes on the clock that stands still.
@Timeout(20)
class EngineExtensionTest {
  @RegisterExtension
  final EngineExtension sync =
      EngineExtension.inMemory().withLog().configure(c -> c.batchFlushCount(50)).build();

  @Test
  void parametersAreThePartsOfTheField(
      SyncEngine engine, ManualTime time, FaultyTier groundTruth, InMemoryLog log) {
    assertThat(engine).isSameAs(sync.engine());
    assertThat(time).isSameAs(sync.time());
    assertThat(groundTruth).isSameAs(sync.groundTruth());
    assertThat(log).isSameAs(sync.log());
    assertThat(engine.config().batchFlushCount()).isEqualTo(50);
  }

  @Test
  void timeStandsStillUntilItIsTurned() {
    sync.engine().submit(SyncItem.of("a", "1"));
    assertThat(sync.groundTruth().calls(Operation.APPLY)).isZero();

    sync.advanceUntil(() -> sync.groundTruth().calls(Operation.APPLY) == 1);

    assertThat(sync.engine().flush().waitingInLog()).isZero();
  }

  @Test
  void whatWaitsInTheLogIsThereAfterARestartWhileTheGroundTruthIsDown() {
    sync.groundTruth().failAll();
    sync.engine().submit(SyncItem.of("a", "1"));

    SyncEngine restarted = sync.restart();

    assertThat(restarted).isSameAs(sync.engine());
    assertThat(restarted.get("a").orElseThrow().contentAsString()).isEqualTo("1");
    sync.groundTruth().heal();
    sync.advanceUntil(() -> restarted.flush(Duration.ofMillis(1)).complete());
  }

  @Test
  void aRestartCarriesDownWhatTheGroundTruthTakes() {
    sync.engine().submit(SyncItem.of("a", "1"));

    sync.restart();

    assertThat(sync.log().groups()).isZero();
    assertThat(sync.engine().get("a")).isPresent();
    assertThat(sync.groundTruth().calls(Operation.LOAD)).isEqualTo(1);
  }

  @Test
  void aCrashLosesWhatOnlyMemoryHadAndNothingElse() {
    sync.log().failAppends(1);
    sync.engine().submit(SyncItem.of("memory", "1"), Ack.MEMORY);
    sync.advanceUntil(() -> !sync.engine().health().reasons().isEmpty());
    sync.engine().submit(SyncItem.of("logged", "1"), Ack.LOGGED);
    SyncEngine before = sync.engine();

    sync.crash();

    assertThat(sync.engine()).isNotSameAs(before);
    assertThat(sync.engine().get("memory")).isEmpty();
    assertThat(sync.engine().get("logged")).isPresent();
  }

  @Test
  void aCrashWhileTheGroundTruthHangsTakesNoTimeAndNoLateBatchComes() {
    // A poll may be held as well; what is awaited is the flush, behind the append to the log.
    sync.groundTruth().hang(Operation.APPLY);
    CompletableFuture<?> write = sync.engine().submitAsync(SyncItem.of("a", "1"), Ack.PERSISTED);
    sync.groundTruth().awaitHeld(1);

    sync.crash();

    assertThatThrownBy(write::join).isInstanceOf(CompletionException.class);
    assertThat(sync.engine().get("a")).isPresent();
    sync.groundTruth().heal();
    sync.advanceUntil(() -> sync.engine().flush(Duration.ofMillis(1)).complete());
  }

  @Test
  void aCallThatHangsEndsWhenTheClockReachesItsTimeOut() {
    sync.groundTruth().hang(Operation.LOAD);
    CompletableFuture<Optional<SyncItem>> read = sync.engine().getAsync("a");
    sync.groundTruth().awaitHeld(1);

    sync.time().advance(sync.engine().config().tierTimeout());

    assertThatThrownBy(read::join).hasCauseInstanceOf(TierUnavailableException.class);
  }

  @Test
  void theNextCallFailsAndTheOneAfterItDoesNot() {
    sync.groundTruth().failNext(Operation.LOAD);

    assertThatThrownBy(() -> sync.engine().get("a")).isInstanceOf(TierUnavailableException.class);
    assertThat(sync.engine().get("a")).isEmpty();
  }

  @Test
  void anotherInstanceSeesACommitWithinTheBound() {
    SyncEngine other = sync.another();
    sync.engine().submit(SyncItem.of("a", "1"), Ack.PERSISTED);
    assertThat(other.get("a").orElseThrow().contentAsString()).isEqualTo("1");
    sync.engine().submit(SyncItem.of("a", "2"), Ack.PERSISTED);
    long before = sync.time().currentTimeMillis();

    sync.advanceUntil(() -> other.get("a").orElseThrow().contentAsString().equals("2"));

    assertThat(sync.time().currentTimeMillis() - before)
        .isLessThanOrEqualTo(other.config().stalenessBound().toMillis());
  }

  @Test
  void anEngineThatTheTestHasClosedIsItsOwnMatter() {
    sync.groundTruth().failAll();
    sync.engine().submit(SyncItem.of("a", "1"));

    assertThat(sync.engine().close(Duration.ZERO).waitingInLog()).isEqualTo(1);
  }

  @Test
  void anAcceptedWriteThatIsLostFailsTheTest() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Losing.class)).build();

    LauncherFactory.create().execute(request, listener);

    assertThat(listener.getSummary().getFailures())
        .singleElement()
        .extracting(failure -> failure.getException().getMessage())
        .asString()
        .contains("accepted writes are lost", "lost=1");
  }

  /** Not run but by the launcher above. */
  static class Losing {
    @RegisterExtension
    final EngineExtension losing =
        EngineExtension.over(
                () ->
                    new AlteredTier(new InMemoryTier()) {
                      @Override
                      public ApplyResult apply(List<Entry> batch) {
                        throw new TierUnavailableException("L3", "apply", "never", null);
                      }
                    })
            .configure(c -> c.closeTimeout(Duration.ofMillis(50)))
            .build();

    @Test
    void writes() {
      losing.engine().submit(SyncItem.of("a", "1"));
    }
  }

  @Test
  void outsideOfATestItSaysHowToUseIt() {
    EngineExtension unused = EngineExtension.inMemory().build();

    assertThatThrownBy(unused::engine)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("instance field");
  }
}
