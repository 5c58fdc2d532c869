// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.change.HeaderWalk;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ProviderResolutionException;
import io.syncengine.model.RetryPolicy;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Codec;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Telemetry;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TierPortTest {
  private final Fake tier = new Fake();
  private final TestConfig config = new TestConfig(TimeSource.SYSTEM);
  private final CircuitBreaker breaker =
      new CircuitBreaker(
          new CircuitBreaker.Settings(4, 4, 0.9, 0.9, Long.MAX_VALUE, 1_000_000_000_000L, 1, 1),
          config.timeSource(),
          (before, after) -> {});
  private final Retries retries =
      new Retries(
          () -> new RetryPolicy(2, Duration.ofNanos(1), Duration.ofNanos(1)),
          Duration.ofDays(1),
          config.timeSource(),
          (task, delay) -> {
            task.run();
            return () -> {};
          },
          new SplittableRandom());
  private final TierPort port = portTo(tier);

  @Test
  void beforeItIsOpenTheTierIsUnavailable() {
    assertThatThrownBy(() -> port.load(List.of("x"))).isInstanceOf(TierUnavailableException.class);
    assertThat(tier.loads).isZero();
  }

  @Test
  void nobodyCanCallItBeforeWhatWasOpenedIsChecked() {
    port.open(
        info -> {
          assertThat(info.databaseId()).isEqualTo("db");
          assertThat(port.isOpen()).isFalse();
          assertThatThrownBy(() -> port.apply(List.of()))
              .isInstanceOf(TierUnavailableException.class);
        });
    assertThat(port.isOpen()).isTrue();
    port.open(
        info -> {
          throw new AssertionError("it is open already");
        });
  }

  @Test
  void aCheckThatFailsClosesTheTierAgain() {
    TierException wrong = new TierException("L3", "open", false, "another database", null);
    assertThatThrownBy(
            () ->
                port.open(
                    info -> {
                      throw wrong;
                    }))
        .isSameAs(wrong);
    assertThat(port.isOpen()).isFalse();
    assertThat(tier.closes).isEqualTo(1);
    port.close();
    assertThat(tier.closes).as("closed once").isEqualTo(1);
  }

  @Test
  void whatATierThrowsAgainstItsContractIsUnavailable() {
    port.open(info -> {});
    tier.failure = new IllegalStateException("secret");
    assertThatThrownBy(() -> port.load(List.of("x")))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("IllegalStateException")
        .hasMessageNotContaining("secret");
    assertThat(port.failure()).isPresent();
    tier.failure = null;
    port.load(List.of("x"));
    assertThat(port.failure()).as("it is well again").isEmpty();
  }

  @Test
  void aReadIsTriedAgainAndAWriteIsNot() {
    port.open(info -> {});
    tier.failures = 1;
    port.load(List.of("x"));
    assertThat(tier.loads).isEqualTo(2);
    tier.failures = 1;
    assertThatThrownBy(() -> port.apply(List.of())).isInstanceOf(TierUnavailableException.class);
    tier.failures = 2;
    assertThatThrownBy(() -> port.load(List.of("x"))).isInstanceOf(TierUnavailableException.class);
    assertThat(tier.loads).isEqualTo(4);
  }

  @Test
  void whenItFailedTooOftenItIsNotAsked() {
    port.open(info -> {});
    tier.failures = 4;
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> port.load(List.of("x")))
          .isInstanceOf(TierUnavailableException.class);
    }
    assertThat(port.breaker()).isEqualTo(CircuitBreaker.State.OPEN);
    assertThatThrownBy(() -> port.load(List.of("x")))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("failed too often");
    assertThat(tier.loads).isEqualTo(4);
    assertThat(port.failure()).as("why is still known").isPresent();
  }

  @Test
  void whatATierRefusesDoesNotOpenItsBreaker() {
    port.open(info -> {});
    tier.failure = new TierException("L3", "load", false, "refused", null);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> port.load(List.of("x"))).isSameAs(tier.failure);
    }
    assertThat(port.breaker()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(tier.loads).as("not tried again").isEqualTo(10);
  }

  @Test
  void aRefusalIsNoFailureOfTheTierAndCorruptionStaysItself() {
    port.open(info -> {});
    tier.failure = new TierException("L3", "load", false, "refused", null);
    assertThatThrownBy(() -> port.load(List.of("x"))).isSameAs(tier.failure);
    assertThat(port.failure()).isEmpty();
    tier.failure = new CorruptDataException("corrupt", "x", "a", "b");
    assertThatThrownBy(() -> port.load(List.of("x"))).isSameAs(tier.failure);
  }

  @Test
  void contentOfAnUnknownCodecNamesTheArtifact() {
    port.open(info -> {});
    Entry plain = Entry.ofItem(SyncItem.builder("x").content("1").version(1).build());
    tier.stored = plain.toBuilder().value(plain.revision(), (byte) 99, new byte[] {1}).build();
    assertThatThrownBy(() -> port.load(List.of("x")))
        .isInstanceOf(ProviderResolutionException.class)
        .hasMessageContaining("99");
  }

  @Test
  void aCapabilityThatIsNotThereIsNamed() {
    port.open(info -> {});
    assertThatThrownBy(() -> port.poll(1, 1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("ChangeLog");
  }

  @Test
  void aTierWhereAnotherDatabaseStandsIsClosedByWhoOpensItAnew() {
    Followed followed = new Followed();
    TierPort port = portTo(followed);
    port.open(info -> {});
    assertThat(port.poll(1, 1).databaseId()).isEqualTo("db");
    followed.databaseId = "another";

    assertThat(port.poll(1, 1).databaseId()).isEqualTo("another");

    assertThat(port.isOpen()).isFalse();
    assertThat(port.failure()).isPresent();
    assertThatThrownBy(() -> port.poll(1, 1)).isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> port.load(List.of("x"))).isInstanceOf(TierUnavailableException.class);
    // A tier that does not count how often it was opened would be closed for who opens it anew.
    assertThat(followed.closes).as("not by who finds it").isZero();
    port.open(info -> assertThat(followed.closes).isEqualTo(1));
    assertThat(port.isOpen()).isTrue();
    port.close();
    assertThat(followed.closes).isEqualTo(2);
  }

  @Test
  void aTierWhereAnotherDatabaseStandsIsClosedAtTheEnd() {
    Followed followed = new Followed();
    TierPort port = portTo(followed);
    port.open(info -> {});
    followed.databaseId = "another";
    port.poll(1, 1);

    port.close();

    assertThat(followed.closes).isEqualTo(1);
  }

  @Test
  void aWalkOverHeadersGoesOnWhereAPageFails() {
    TierPort port = portTo(new Listed());
    port.open(info -> {});
    HeaderWalk walk = new HeaderWalk(port, "db", IdRange.ALL);
    List<String> read = new ArrayList<>();

    for (List<Header> page = walk.next(); page != null; page = walk.next()) {
      page.forEach(header -> read.add(header.id()));
    }

    assertThat(read).isEqualTo(Listed.IDS);
  }

  private TierPort portTo(Tier tier) {
    return new TierPort(
        tier, config, Codec.IDENTITY, List.of(Codec.IDENTITY), Telemetry.NOOP, breaker, retries);
  }

  /** Fails each second time that it is asked for headers. */
  private static final class Listed extends Fake implements Headers {
    static final List<String> IDS = IntStream.range(10_000, 15_000).mapToObj(i -> "" + i).toList();

    private int pages;

    @Override
    public HeaderPage headers(IdRange range, String after, int limit) {
      if (++pages % 2 == 0) {
        throw new TierUnavailableException("L3", "headers", "down by order of the test", null);
      }
      List<Header> page =
          IDS.stream()
              .filter(id -> after == null || id.compareTo(after) > 0)
              .limit(limit)
              .map(id -> new Header(id, null, 1, new byte[Leaf.BYTES]))
              .toList();
      return new HeaderPage("db", 1, page);
    }
  }

  private static final class Followed extends Fake implements ChangeLog {
    String databaseId = "db";

    @Override
    public ChangePage poll(long from, int limit) {
      return new ChangePage(databaseId, 0, 0, List.of());
    }
  }

  private static class Fake implements Tier {
    RuntimeException failure;
    Entry stored;
    int failures;
    int loads;
    int closes;

    @Override
    public TierInfo open(TierConfig config) {
      return new TierInfo("db", "a tier");
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      failIfOrdered();
      throw new UnsupportedOperationException();
    }

    private void failIfOrdered() {
      if (failures > 0) {
        failures--;
        throw new TierUnavailableException("L3", "call", "down by order of the test", null);
      }
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public LoadResult load(Collection<String> ids) {
      loads++;
      failIfOrdered();
      return new LoadResult(stored == null ? Map.of() : Map.of(stored.id(), stored), 0);
    }

    @Override
    public void close() {
      closes++;
    }
  }
}
