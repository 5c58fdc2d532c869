// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.redis.RedisUrl.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When the clients of nodes are made and closed. */
class ClusterNodesTest {
  private static final Host A = new Host("a", 1);
  private static final Host B = new Host("b", 2);
  private static final List<Command> PING = List.of(Command.of("PING").build());
  private static final Duration LONG = Duration.ofSeconds(10);

  private final List<Fake> made = new ArrayList<>();
  private final ClusterNodes nodes =
      new ClusterNodes(
          host -> {
            Fake client = new Fake();
            made.add(client);
            return client;
          });

  /** Does something while it is called. */
  private static final class Fake implements RedisClient {
    private Runnable meanwhile = () -> {};
    private int closed;

    @Override
    public Replies send(List<Command> commands, Duration timeout) {
      assertThat(closed).isZero();
      meanwhile.run();
      assertThat(closed).as("not under a call").isZero();
      return new Replies(List.of(1L), Set.of("me"));
    }

    @Override
    public Set<String> identities(Duration timeout) {
      return Set.of("me");
    }

    @Override
    public void renew() {}

    @Override
    public void close() {
      closed++;
    }
  }

  @Test
  void eachNodeHasOneClient() throws ConnectionException {
    nodes.send(A, PING, LONG);
    nodes.send(A, PING, LONG);
    nodes.send(B, PING, LONG);

    assertThat(made).hasSize(2);
  }

  @Test
  void aNodeThatHasLeftIsClosedAndMadeAnewIfItComesBack() throws ConnectionException {
    nodes.send(A, PING, LONG);
    nodes.send(B, PING, LONG);

    nodes.retain(List.of(B));
    assertThat(made).extracting(node -> node.closed).containsExactly(1, 0);

    nodes.send(A, PING, LONG);
    assertThat(made).hasSize(3);
    nodes.close();
    assertThat(made).extracting(node -> node.closed).containsExactly(1, 1, 1);
  }

  @Test
  void aCallEndsBeforeItsNodeIsClosed() throws ConnectionException {
    nodes.send(A, PING, LONG);
    Fake node = made.get(0);
    node.meanwhile = () -> nodes.retain(List.of());

    nodes.send(A, PING, LONG);

    assertThat(node.closed).isEqualTo(1);
  }

  @Test
  void afterItIsClosedNothingIsMade() throws ConnectionException {
    nodes.send(A, PING, LONG);
    made.get(0).meanwhile = nodes::close;
    nodes.send(A, PING, LONG);
    assertThat(made.get(0).closed).isEqualTo(1);

    nodes.close();

    assertThatThrownBy(() -> nodes.send(B, PING, LONG)).isInstanceOf(ConnectionException.class);
    assertThat(made).extracting(client -> client.closed).containsExactly(1);
  }
}
