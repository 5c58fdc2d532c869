// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static io.syncengine.memory.TestConfig.item;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who leaves, step by step. Nodes weigh 10, and the room is for 1,000 unless a test says so. */
class EvictionPolicyTest implements EvictionPolicy.Room {
  private static final int WEIGHT = 10;

  private final List<Node> added = new ArrayList<>();
  private final List<Node> evicted = new ArrayList<>();
  private long held;
  private long bytes = 1000 * WEIGHT;
  private int dice = 1;
  private final EvictionPolicy policy =
      new EvictionPolicy(this, (RandomGenerator) () -> (long) dice << 32);

  @Override
  public boolean exceeded() {
    return held > bytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void evict(Node node) {
    evicted.add(node);
    held -= node.weight();
  }

  private Node add(int hash) {
    return addWeighing(WEIGHT, hash);
  }

  /** The two lowest bits of a node's hash are not its own. */
  private Node addWeighing(int weight, int hash) {
    Node node = new Node(item("id-" + hash, 0), hash << 2, weight);
    held += weight;
    added.add(node);
    policy.add(node);
    return node;
  }

  private List<Node> residents(int count) {
    List<Node> residents = IntStream.range(0, count).mapToObj(this::add).toList();
    settle();
    return residents;
  }

  private void settle() {
    for (int i = 0; policy.settle(); i++) {
      assertThat(i).as("steps").isLessThan(10_000);
    }
  }

  private static void read(Node node, int times) {
    for (int i = 0; i < times; i++) {
      node.touch();
    }
  }

  @Test
  void aNewcomerWaitsInTheWindow() {
    Node node = add(1);
    assertThat(node.place()).isEqualTo(Node.WINDOW);
    assertThat(policy.settle()).isFalse();
    assertThat(policy.any()).isSameAs(node);
  }

  @Test
  void theWindowKeepsItsShareAndTheOldestMoveOn() {
    List<Node> nodes = residents(20);
    assertThat(nodes.subList(0, 15)).allMatch(n -> n.place() == Node.MAIN);
    assertThat(nodes.subList(15, 20))
        .as("half a percent of the room")
        .allMatch(n -> n.place() == Node.WINDOW);
    assertThat(evicted).isEmpty();
  }

  @Test
  void inASmallRoomOneNodeOfASixtyFourthMayStayInTheWindow() {
    bytes = 64 * WEIGHT;
    Node node = add(1);
    assertThat(policy.settle()).isFalse();
    assertThat(node.place()).isEqualTo(Node.WINDOW);
    bytes = 64 * WEIGHT - 1;
    assertThat(policy.settle()).isTrue();
    assertThat(node.place()).isEqualTo(Node.MAIN);
  }

  @Test
  void onATieTheResidentStays() {
    List<Node> nodes = residents(20);
    bytes = held - 1;
    Node newcomer = nodes.get(15);
    assertThat(policy.settle()).isTrue();
    assertThat(evicted).containsExactly(newcomer);
    assertThat(newcomer.place()).isEqualTo(Node.NOWHERE);
  }

  @Test
  void aNewcomerReadOnceBeatsAResidentNeverRead() {
    List<Node> nodes = residents(20);
    bytes = held - 1;
    Node newcomer = nodes.get(15);
    read(newcomer, 1);
    assertThat(policy.settle()).isTrue();
    assertThat(evicted).containsExactly(nodes.get(0));
    assertThat(newcomer.place()).as("it goes on to the next duel").isEqualTo(Node.WINDOW);
    assertThat(newcomer.hits()).as("counted in the sketch").isZero();
  }

  @Test
  void aNewcomerReadTwiceNeedsNoDuel() {
    List<Node> nodes = residents(20);
    bytes = held - 1;
    Node newcomer = nodes.get(15);
    read(newcomer, 2);
    assertThat(policy.settle()).isTrue();
    assertThat(newcomer.place()).isEqualTo(Node.MAIN);
    assertThat(evicted).isEmpty();
  }

  @Test
  void aSmallNewcomerBeatsALargeResidentOfTheSameFrequency() {
    bytes = 4L << 20;
    Node large = addWeighing(1 << 20, 1);
    settle();
    assertThat(large.place()).isEqualTo(Node.MAIN);
    Node small = addWeighing(1 << 16, 2);
    bytes = 1 << 20;
    assertThat(policy.settle()).isTrue();
    assertThat(evicted).containsExactly(large);
    assertThat(small.place()).isEqualTo(Node.WINDOW);
  }

  @Test
  void oneThatWasReadGetsAnotherRound() {
    List<Node> nodes = residents(20);
    read(nodes.get(0), 1);
    read(nodes.get(1), 3);
    assertThat(policy.evict()).isTrue();
    assertThat(evicted).containsExactly(nodes.get(2));
    assertThat(nodes.get(0).hits()).isZero();
    for (int i = 0; i < 12; i++) {
      policy.evict();
    }
    assertThat(evicted).containsExactlyElementsOf(nodes.subList(2, 15));
    policy.evict();
    assertThat(evicted).as("the round is over").endsWith(nodes.get(0));
  }

  @Test
  void whereAllWereReadTheLeastWorthyOfSixteenGoes() {
    List<Node> nodes = residents(30);
    nodes.forEach(n -> read(n, 3));
    for (int rare : new int[] {7, 9, 20}) {
      nodes.get(rare).forgetHits();
      read(nodes.get(rare), 1);
    }
    assertThat(policy.evict()).isTrue();
    assertThat(evicted)
        .as("of the two that were read once the first; the third was not looked at")
        .containsExactly(nodes.get(7));
  }

  @Test
  void theWindowGoesWhenThereIsNothingElse() {
    Node node = add(1);
    assertThat(policy.evict()).isTrue();
    assertThat(evicted).containsExactly(node);
    assertThat(policy.evict()).isFalse();
    assertThat(policy.any()).isNull();
  }

  @Test
  void whatIsForgottenIsNotEvictedLater() {
    List<Node> nodes = residents(20);
    policy.remove(nodes.get(0));
    policy.remove(nodes.get(17));
    policy.remove(nodes.get(0));
    while (policy.evict()) {
      assertThat(evicted).hasSizeLessThan(20);
    }
    assertThat(evicted).hasSize(18).doesNotContain(nodes.get(0), nodes.get(17));
  }

  @Test
  void aNodeThatGrowsCountsWithItsNewWeight() {
    List<Node> nodes = residents(5);
    assertThat(nodes).allMatch(n -> n.place() == Node.WINDOW);
    policy.reweigh(nodes.get(4), WEIGHT + 1);
    assertThat(nodes.get(4).weight()).isEqualTo(WEIGHT + 1);
    assertThat(policy.settle()).as("the window is one byte too large").isTrue();
    assertThat(nodes.get(0).place()).isEqualTo(Node.MAIN);
    assertThat(policy.settle()).isFalse();
  }

  @Test
  void theWindowGrowsWhenALargerOneWouldHaveKeptAnId() {
    evictedFromTheWindow(15);
    add(15); // the twentieth item
    add(100, 80);
    assertThat(inWindow()).as("0.5 %, and one of twenty").isEqualTo(55);
  }

  @Test
  void theWindowShrinksTwiceAsFastWhenALargerMainQueueWouldHaveKeptAnId() {
    List<Node> nodes = evictedFromTheWindow(15);
    add(15);
    policy.evict();
    assertThat(evicted).as("from the main queue").endsWith(nodes.get(0));
    add(100, 81);
    add(0); // item 101
    settle();
    assertThat(inWindow()).as("5.5 %, less two of 101").isEqualTo(35);
  }

  @Test
  void theWindowDoesNotShrinkBelowItsLeast() {
    List<Node> nodes = residents(20);
    policy.evict();
    assertThat(evicted).containsExactly(nodes.get(0));
    add(0);
    add(100, 80);
    assertThat(inWindow()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"5, 128, true", "5, 0, true", "5, 127, false", "5, 1, false", "4, 128, false"})
  void nowAndThenANewcomerAskedForOftenBeatsAnyResident(int asked, int number, boolean wins) {
    List<Node> nodes = residents(20);
    nodes.subList(1, 15).forEach(policy::remove);
    askFor(nodes.get(0), 9);
    askFor(nodes.get(15), asked);
    bytes = held - 1;
    dice = number;
    assertThat(policy.settle()).isTrue();
    assertThat(evicted).containsExactly(nodes.get(wins ? 0 : 15));
  }

  /** Twenty items, of which the oldest in the window has lost a duel. */
  private List<Node> evictedFromTheWindow(int expected) {
    List<Node> nodes = residents(20);
    bytes = held - 1;
    policy.settle();
    assertThat(evicted).containsExactly(nodes.get(expected));
    bytes = 1000 * WEIGHT;
    return nodes;
  }

  /** Counts in the sketch alone. */
  private void askFor(Node node, int times) {
    for (int i = 0; i < times; i++) {
      Node again = new Node(node.item(), node.hash(), WEIGHT);
      policy.add(again);
      policy.remove(again);
    }
  }

  private void add(int first, int count) {
    IntStream.range(first, first + count).forEach(this::add);
    settle();
  }

  private long inWindow() {
    return added.stream().filter(n -> n.place() == Node.WINDOW).count();
  }
}
