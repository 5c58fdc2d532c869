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
    PendingWrite write = new PendingWrite(id);
    hold(write, version);
    return write;
  }

  private static void hold(PendingWrite write, long version) {
    Entry entry = Entry.ofItem(SyncItem.of(write.id, "12345678").stamped(version, 1));
    write.held = Held.of(entry, Held.Doubt.NONE);
  }

  private List<PendingWrite> take() {
    return queue.take(100, 1 << 20);
  }

  @Test
  void triesDuringAnOutageLeftATrailOfTickets() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    for (int i = 2; i < 100; i++) {
      assertThat(take()).containsExactly(x);
      hold(x, i);
      queue.offer(x, i, false);
      queue.landed(Map.of("x", x));
      assertThat(queue.waiting().count()).isLessThanOrEqualTo(2);
      assertThat(queue.waiting().bytes()).isLessThanOrEqualTo(16);
    }
    assertThat(take()).containsExactly(x);
    queue.landed(Map.of());
    assertThat(queue.waiting()).isEqualTo(Waiting.NOTHING);
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
    queue.landed(Map.of("x", x));
    assertThat(queue.oldestNanos(9)).isEqualTo(5);
    assertThat(queue.take(1, 100)).containsExactly(x);
  }

  @Test
  void aBarrierIsPassedOnlyWhenAllBeforeItAreThrough() {
    PendingWrite x = write("x", 1);
    queue.offer(x, 0, false);
    CompletableFuture<Void> barrier = queue.barrier();
    take();
    queue.landed(Map.of("x", x));
    assertThat(queue.passed()).isEmpty();
    queue.offer(write("y", 1), 1, false);
    assertThat(queue.take(1, 100)).containsExactly(x);
    queue.landed(Map.of());
    assertThat(queue.passed()).containsExactly(barrier);
    assertThat(queue.waiting().count()).isEqualTo(1);
  }
}
