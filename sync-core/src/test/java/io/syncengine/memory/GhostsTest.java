// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GhostsTest {
  private final Ghosts ghosts = new Ghosts();

  @Test
  void tellsWhichQueueAnIdLeftOnce() {
    ghosts.add(1, Node.WINDOW);
    ghosts.add(2, Node.MAIN);
    assertThat(ghosts.take(1, 8)).isEqualTo(Node.WINDOW);
    assertThat(ghosts.take(2, 8)).isEqualTo(Node.MAIN);
    assertThat(ghosts.take(1, 8)).isEqualTo(Node.NOWHERE);
    assertThat(ghosts.take(3, 8)).isEqualTo(Node.NOWHERE);
    assertThat(ghosts.take(0, 8)).isEqualTo(Node.NOWHERE);
  }

  @Test
  void anIdThatALittleMoreRoomWouldNotHaveKeptIsNotCounted() {
    ghosts.ensureCapacity(1 << 14);
    ghosts.add(-1, Node.WINDOW);
    for (int i = 0; i < 99; i++) {
      ghosts.add(1000 + i, Node.WINDOW);
      ghosts.add(5000 + i, Node.MAIN);
    }
    ghosts.add(-2, Node.MAIN);
    assertThat(ghosts.take(-1, 99)).isEqualTo(Node.NOWHERE);
    assertThat(ghosts.take(-2, 1)).isEqualTo(Node.MAIN);
  }

  @Test
  void theAgeCountsTheEvictionsOfTheSameQueue() {
    ghosts.ensureCapacity(1 << 14);
    ghosts.add(-1, Node.WINDOW);
    for (int i = 0; i < 99; i++) {
      ghosts.add(5000 + i, Node.MAIN);
    }
    assertThat(ghosts.take(-1, 1)).isEqualTo(Node.WINDOW);
  }
}
