// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.SyncItem;
import io.syncengine.spi.Entry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FlushQueueTest {
  private final FlushQueue queue = new FlushQueue();

  private static PendingWrite write(String id, long version) {
    return new PendingWrite(id, held(id, version));
  }

  private static void hold(PendingWrite write, long version) {
    write.held = held(write.id, version);
  }

  private static Held held(String id, long version) {
    return Held.of(Entry.ofItem(SyncItem.of(id, "12345678").stamped(version, 1)), Doubt.NONE);
  }

  private List<PendingWrite> take() {
    return queue.take(100, 1 << 20, 0);
  }

  private Waiting waiting() {
    return queue.waiting(0);
  }

  private void land() {
    queue.landed(Map.of(), 0, tries -> 0);
  }

  /** Lands a batch of which one failed; its pause is 10 ns after one try, 20 after two. */
  private void fail(String id, Retry how) {
    queue.landed(Map.of(id, how), 0, tries -> 10L * tries);
  }

  @Test
  void triesDuringAnOutageLeftATrailOfTickets() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    for (int i = 2; i < 100; i++) {
      assertThat(take()).containsExactly(x);
      hold(x, i);
      queue.offer(x, i, false);
      fail("x", Retry.AT_ONCE);
      assertThat(waiting().count()).isLessThanOrEqualTo(2);
      assertThat(waiting().bytes()).isLessThanOrEqualTo(16);
    }
    assertThat(take()).containsExactly(x);
    land();
    assertThat(waiting()).isEqualTo(new Waiting(0, 0, 0, false, Long.MAX_VALUE));
  }

  @Test
  void anIdWrittenAgainWhileItWasTriedLostItsPlaceAndItsAge() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 5, false);
    assertThat(take()).containsExactly(x);
    PendingWrite y = write("y", 1);
    queue.offer(y, 6, false);
    hold(x, 2);
    queue.offer(x, 7, false);
    fail("x", Retry.AT_ONCE);
    assertThat(queue.oldestNanos(9)).isEqualTo(5);
    assertThat(queue.take(1, 100, 0)).containsExactly(x);
  }

  @Test
  void aBarrierIsPassedOnlyWhenAllBeforeItAreThrough() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    CompletableFuture<Void> barrier = queue.barrier();
    take();
    fail("x", Retry.AT_ONCE);
    assertThat(queue.passed()).isEmpty();
    queue.offer(write("y", 1), 1, false);
    assertThat(queue.take(1, 100, 0)).containsExactly(x);
    land();
    assertThat(queue.passed()).containsExactly(barrier);
    assertThat(waiting().count()).isEqualTo(1);
  }

  @Test
  void oneThatWaitsOutAPauseLetsTheOthersPass() {
    PendingWrite x = write("x", 1);
    PendingWrite y = write("y", 1);
    queue.offer(x, 0, false);
    assertThat(take()).containsExactly(x);
    fail("x", Retry.LATER);
    assertThat(queue.failed()).isEqualTo(1);
    assertThat(waiting().nanosUntilRetry()).isEqualTo(10);
    queue.offer(y, 0, false);
    assertThat(queue.take(100, 100, 9)).containsExactly(y);
    land();
    assertThat(queue.take(100, 100, 9)).isEmpty();
    assertThat(queue.take(100, 100, 10)).containsExactly(x);
    fail("x", Retry.LATER);
    assertThat(waiting().nanosUntilRetry()).isEqualTo(20);
    assertThat(queue.oldestNanos(7)).isZero();
  }

  @Test
  void oneThatHasToGoAloneTakesTurnsWithTheOthers() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    take();
    fail("x", Retry.ALONE);
    PendingWrite y = write("y", 1);
    PendingWrite z = write("z", 1);
    queue.offer(y, 0, false);
    queue.offer(z, 0, false);
    assertThat(queue.take(100, 100, 10)).containsExactly(x);
    fail("x", Retry.ALONE);
    assertThat(queue.take(1, 100, 20)).containsExactly(y);
    land();
    assertThat(queue.take(1, 100, 20)).containsExactly(x);
    land();
    assertThat(queue.take(100, 100, 20)).containsExactly(z);
  }

  @Test
  void hurryEndsAPause() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    take();
    fail("x", Retry.LATER);
    queue.offer(x, 3, false);
    assertThat(queue.take(100, 100, 3)).isEmpty();
    queue.offer(x, 3, true);
    assertThat(queue.take(100, 100, 3)).containsExactly(x);
    fail("x", Retry.LATER);
    queue.retryNow(4);
    assertThat(queue.waiting(4).nanosUntilRetry()).isZero();
    assertThat(queue.take(100, 100, 4)).containsExactly(x);
  }

  @Test
  void aBarrierWaitsForOneThatWaitsOutAPause() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    CompletableFuture<Void> barrier = queue.barrier();
    take();
    fail("x", Retry.LATER);
    assertThat(queue.passed()).isEmpty();
    assertThat(queue.take(100, 100, 10)).containsExactly(x);
    land();
    assertThat(queue.passed()).containsExactly(barrier);
  }

  @Test
  void aBatchKeepsWithinItsCountAndItsBytes() {
    PendingWrite x = write("x", 1);
    PendingWrite y = write("y", 1);
    PendingWrite z = write("z", 1);
    List.of(x, y, z).forEach(each -> queue.offer(each, 0, false));
    assertThat(queue.take(2, 100, 0)).containsExactly(x, y);
    land();
    List.of(x, y).forEach(each -> queue.offer(each, 0, false));
    assertThat(queue.take(100, 23, 0)).as("each has 8 bytes").containsExactly(z, x);
    land();
    List.of(x, z).forEach(each -> queue.offer(each, 0, false));
    assertThat(queue.take(100, 24, 0)).containsExactly(y, x, z);
  }

  @Test
  void oneThatIsLargerThanABatchGoesByItself() {
    PendingWrite x = write("x", 1);
    PendingWrite y = write("y", 1);
    queue.offer(x, 0, false);
    queue.offer(y, 0, false);
    assertThat(queue.take(100, 1, 0)).containsExactly(x);
    queue.landed(Map.of("x", Retry.LATER), 0, tries -> 0);
    assertThat(queue.take(100, 1, 0)).as("what failed goes first").containsExactly(x);
  }

  @Test
  void theFirstPauseToEndIsTheNextRetry() {
    PendingWrite x = write("x", 1);
    PendingWrite y = write("y", 1);
    queue.offer(x, 0, false);
    take();
    queue.landed(Map.of("x", Retry.LATER), 0, tries -> 30);
    queue.offer(y, 0, false);
    take();
    queue.landed(Map.of("y", Retry.LATER), 5, tries -> 10);
    assertThat(queue.waiting(5).nanosUntilRetry()).isEqualTo(10);
    assertThat(queue.take(100, 100, 15)).containsExactly(y);
    land();
    assertThat(queue.waiting(15).nanosUntilRetry()).isEqualTo(15);
    assertThat(queue.waiting(40).nanosUntilRetry()).isZero();
  }

  @Test
  void givingABarrierUpLeavesTheOthers() {
    queue.offer(write("x", 1), 0, false);
    CompletableFuture<Void> stays = queue.barrier();
    queue.abandon(queue.barrier());
    take();
    land();
    assertThat(queue.passed()).containsExactly(stays);
  }
}
