// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long subscriptions last, and what comes after them. */
class WakeListeningTest {
  private final List<Silent> made = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger closed = new AtomicInteger();
  private final WakeListening listening =
      new WakeListening(
          this::subscribe,
          "channel".getBytes(StandardCharsets.UTF_8),
          heard::add,
          Duration.ofSeconds(1),
          gone -> closed.incrementAndGet());

  /** A subscription that was made; its peer has vanished. */
  private static final class Silent implements Subscriber.Subscription {
    private final Consumer<byte[]> hears;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Silent(Consumer<byte[]> hears) {
      this.hears = hears;
    }

    @Override
    public void confirm(Duration timeout) throws ConnectionException {
      throw new ConnectionException("no reply in time", null, null);
    }

    @Override
    public CompletableFuture<Void> ended() {
      return ended;
    }

    @Override
    public void close() {
      ended.complete(null);
    }
  }

  private Silent subscribe(byte[] channel, Consumer<byte[]> hears, Duration timeout)
      throws ConnectionException {
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new ConnectionException("refused", null, null);
    }
    Silent silent = new Silent(hears);
    made.add(silent);
    return silent;
  }

  @AfterEach
  void close() {
    listening.close();
    assertThat(made).allMatch(one -> one.ended.isDone());
  }

  @Test
  void whatIsNotConfirmedIsEndedAndMadeAnew() throws Exception {
    listening.begin();

    RedisFixture.until("another is made", () -> made.size() >= 2);

    assertThat(made.get(0).ended).isDone();
    made.get(1).hears.accept("one".getBytes(StandardCharsets.UTF_8));
    assertThat(heard).containsExactly("one");
  }

  @Test
  void whatHasEndedIsMadeAnewWheneverThatIsPossible() throws Exception {
    listening.begin();
    for (int i = 1; i <= 2; i++) {
      refusals.set(1);
      made.get(i - 1).close();
      int expected = i + 1;
      RedisFixture.until("another is made", () -> made.size() >= expected);
      assertThat(refusals.get()).isZero();
    }
    assertThat(made).hasSize(3);
  }

  @Test
  void thatItHasEndedBeforeAnybodyLookedIsNoticed() throws Exception {
    WakeListening hasty =
        new WakeListening(
            (channel, hears, timeout) -> {
              Silent silent = subscribe(channel, hears, timeout);
              if (made.size() == 1) {
                silent.close();
              }
              return silent;
            },
            new byte[0],
            heard::add,
            Duration.ofSeconds(1),
            gone -> {});
    hasty.begin();
    RedisFixture.until("another is made", () -> made.size() >= 2);
    hasty.close();
  }

  @Test
  void whatCannotBeginLeavesNothing() {
    refusals.set(1);
    assertThatThrownBy(listening::begin).isInstanceOf(ConnectionException.class);
    assertThat(closed).hasValue(1);
    assertThat(made).isEmpty();
  }
}
