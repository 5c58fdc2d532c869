// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.RetryPolicy;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.resilience.CircuitBreaker.State;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.Codec;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Scannable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A port over the ground truth in memory: what goes down, what comes up, what is told of it. */
class TierPortOverATierTest {
  private static final Entry VALUE = entry("a", 1, "abc");
  private static final Entry DELETE = Entry.ofTombstone("b", 1, 0);

  private final List<String> told = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final InMemoryTier tier = new InMemoryTier(new Random(1), 100);
  private final SetTime time = new SetTime(1_000_000);

  /** Stores contents backwards. A call takes 7 ns, all of them in here. */
  private final Codec backwards =
      new Codec() {
        @Override
        public byte id() {
          return 42;
        }

        @Override
        public byte[] encode(byte[] content) {
          time.nanos += 7;
          return reversed(content);
        }

        @Override
        public byte[] decode(byte[] stored) {
          return reversed(stored);
        }
      };

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  private static Entry entry(String id, long version, String content) {
    return Entry.ofItem(SyncItem.of(id, content).stamped(version, 0));
  }

  private TierPort port(Codec codec, long slowNanos) {
    return port(codec, slowNanos, new TestConfig(time));
  }

  private TierPort port(Codec codec, long slowNanos, TestConfig config) {
    CircuitBreaker breaker =
        new CircuitBreaker(
            new CircuitBreaker.Settings(1, 1, 1, 1, slowNanos, 1000, 1, 1000),
            time,
            (before, after) -> {});
    Retries retries =
        new Retries(
            () -> RetryPolicy.query().withTries(1),
            Duration.ofDays(1),
            time,
            (task, delay) -> {
              throw new AssertionError("nothing is tried again here");
            },
            new SplittableRandom());
    return new TierPort(
        tier,
        config,
        codec,
        List.of(Codec.IDENTITY, backwards),
        (place, operation, nanos, failure) -> {
          told.add(place + " " + operation + " " + nanos);
          failures.add(failure);
        },
        breaker,
        retries);
  }

  private TierPort opened(Codec codec) {
    TierPort port = port(codec, 1000);
    port.open(info -> {});
    return port;
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    TierPort port = opened(Codec.IDENTITY);
    ApplyResult result = port.apply(List.of(VALUE, DELETE));
    assertThat(result.outcomes())
        .extracting(ItemOutcome::kind)
        .containsOnly(ItemOutcome.Kind.APPLIED);
    LoadResult loaded = port.load(List.of("a", "b", "c"));
    assertThat(loaded.found()).containsOnlyKeys("a", "b");
    assertThat(loaded.found().get("a").toItem().contentAsString()).isEqualTo("abc");
    assertThat(loaded.head()).isEqualTo(result.row().sequence());
    assertThat(port.scan(IdRange.ALL, null, 10)).extracting(Entry::id).containsExactly("a");
    assertThat(port.poll(1, 10).rows()).containsExactly(result.row());
    assertThat(port.purge(500, 10)).as("tombstones removed").isEqualTo(1);
    assertThat(port.load(List.of("b")).found()).isEmpty();
  }

  @Test
  void contentIsEncodedOnItsWayDownAndDecodedOnItsWayUp() {
    TierPort port = opened(backwards);
    port.apply(List.of(VALUE, DELETE));
    Entry stored = tier.load(List.of("a")).found().get("a");
    assertThat(stored.codec()).isEqualTo((byte) 42);
    assertThat(new String(stored.content(), StandardCharsets.UTF_8)).isEqualTo("cba");
    assertThat(stored.revision()).as("of the content as written").isEqualTo(VALUE.revision());
    assertThat(tier.load(List.of("b")).found().get("b").tombstone()).isTrue();
    assertThat(port.load(List.of("a")).found().get("a").toItem().contentAsString())
        .isEqualTo("abc");
    assertThat(port.scan(IdRange.ALL, null, 10).get(0).toItem().contentAsString()).isEqualTo("abc");
  }

  @Test
  void eachCallIsToldWithItsTimeAndItsFailure() {
    TierPort port = opened(backwards);
    port.apply(List.of(VALUE));
    tier.close();
    assertThatThrownBy(() -> port.load(List.of("a"))).isInstanceOf(RuntimeException.class);
    assertThat(told).containsExactly("L3 open 0", "L3 apply 7", "L3 load 0");
    assertThat(failures.subList(0, 2)).containsOnlyNulls();
    assertThat(failures.get(2)).isNotNull();
    assertThat(port.answers()).as("those that came back").isEqualTo(2);
  }

  @Test
  void aSlowCallCountsAgainstTheTier() {
    TierPort fast = port(backwards, 8);
    fast.open(info -> {});
    fast.apply(List.of(VALUE));
    assertThat(fast.breaker()).isEqualTo(State.CLOSED);
    TierPort slow = port(backwards, 7);
    slow.open(info -> {});
    slow.apply(List.of(entry("a", 2, "abc")));
    assertThat(slow.breaker()).isEqualTo(State.OPEN);
    assertThatThrownBy(() -> slow.load(List.of("a")))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("failed too often");
  }

  @Test
  void itSaysWhatTheTierIs() {
    TierPort port = port(Codec.IDENTITY, 1000);
    assertThat(port.name()).isEqualTo("L3");
    assertThat(port.description()).isEqualTo("L3 (not reached yet)");
    String[] found = new String[1];
    port.open(info -> found[0] = info.description());
    assertThat(port.description()).isEqualTo("L3 " + found[0]);
    assertThat(port.has(Scannable.class)).isTrue();
    assertThat(port.has(ChangeLog.class)).isTrue();
    assertThat(port.has(Runnable.class)).isFalse();
  }

  @Test
  void afterCloseItIsNotAsked() {
    TierPort port = opened(Codec.IDENTITY);
    port.close();
    assertThat(port.isOpen()).isFalse();
    assertThatThrownBy(() -> port.apply(List.of(VALUE)))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("not been reached");
    assertThatThrownBy(() -> tier.load(List.of("a"))).as("the tier is closed, too").isNotNull();
  }

  @Test
  void whatOpensAfterTheEndIsClosedAgain() {
    TierPort port = port(Codec.IDENTITY, 1000);
    assertThatThrownBy(() -> port.open(info -> port.close()))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("closed");
    assertThat(port.isOpen()).isFalse();
    assertThatThrownBy(() -> tier.load(List.of("a"))).as("the tier is closed, too").isNotNull();
  }

  @Test
  void withoutThePromiseAnUnreachableTierHoldsNothing() {
    TestConfig config = new TestConfig(time, point -> point != FailPoint.TIER_UNAVAILABLE);
    LoadResult lie = port(Codec.IDENTITY, 1000, config).load(List.of("a"));
    assertThat(lie.found()).isEmpty();
    assertThat(lie.head()).isNegative();
  }
}
