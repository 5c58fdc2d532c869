// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NodeTableTest {
  private final NodeTable table = new NodeTable(7);

  private Node node(String id) {
    return new Node(TestConfig.item(id, 0), table.hash(id), 1);
  }

  @Test
  void findsWhatWasAddedThroughAllItsGrowth() {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Node node = node("id" + i);
      assertThat(table.add(node)).isSameAs(node);
      nodes.add(node);
    }
    assertThat(table.count()).isEqualTo(20_000);
    for (int i = 0; i < 20_000; i++) {
      assertThat(table.get("id" + i)).isSameAs(nodes.get(i));
    }
    for (int i = 0; i < 20_000; i += 2) {
      table.remove(nodes.get(i));
      table.remove(nodes.get(i));
    }
    assertThat(table.count()).isEqualTo(10_000);
    for (int i = 0; i < 20_000; i++) {
      assertThat(table.get("id" + i)).isSameAs(i % 2 == 0 ? null : nodes.get(i));
    }
  }

  @Test
  void aLivingNodeIsNotReplacedAndADeadOneIs() {
    Node first = node("a");
    Node second = node("a");
    table.add(first);
    assertThat(table.add(second)).isSameAs(first);
    first.die();
    assertThat(table.add(second)).isSameAs(second);
    table.remove(first);
    assertThat(table.get("a")).isSameAs(second);
    assertThat(table.count()).isEqualTo(1);
  }

  /** "Aa" and "BB" have one hash code, and so has every string made of them. */
  @Test
  void idsMadeToCollideDoNotMakeChainsLong() {
    int taken = 0;
    for (int i = 0; i < 1024; i++) {
      StringBuilder id = new StringBuilder();
      for (int bit = 0; bit < 10; bit++) {
        id.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      taken += table.add(node(id.toString())) == null ? 0 : 1;
    }
    assertThat(taken).isEqualTo(32);
    assertThat(table.count()).isEqualTo(32);
    assertThat(table.add(node("other"))).isNotNull();
  }

  /** Growing relinks the nodes under the readers' feet. */
  @RepeatedTest(5)
  @Timeout(60)
  void readersMissNothingWhileTheTableGrows() throws Exception {
    for (int i = 0; i < 500; i++) {
      table.add(node("there" + i));
    }
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Long>> readers = new ArrayList<>();
      for (int r = 0; r < 2; r++) {
        readers.add(threads.submit(() -> missesUntil(stop)));
      }
      for (int i = 0; i < 200_000; i++) {
        table.add(node("new" + i));
      }
      stop.set(true);
      for (Future<Long> misses : readers) {
        assertThat(misses.get()).isZero();
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
  }

  private long missesUntil(AtomicBoolean stop) {
    long misses = 0;
    while (!stop.get()) {
      for (int i = 0; i < 500; i++) {
        misses += table.get("there" + i) == null ? 1 : 0;
      }
    }
    return misses;
  }
}
