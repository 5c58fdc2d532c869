// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each fault, on connections that were there and on new ones. */
class FaultProxyTest {
  private static final int BOUND = 10_000;

  @RegisterExtension final SqlServerExtension mariadb = SqlServerExtension.mariadb();
  private EchoServer server;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new EchoServer();
    proxy = FaultProxy.to("127.0.0.1", server.port());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  @Test
  void whatIsSentComesBackUnchangedToItsEnd() throws Exception {
    byte[] sent = new byte[3_000_000];
    new Random(1).nextBytes(sent);
    try (Socket socket = connect()) {
      CompletableFuture<byte[]> back = CompletableFuture.supplyAsync(() -> readAll(socket));
      socket.getOutputStream().write(sent);
      socket.shutdownOutput();

      assertThat(back.get()).isEqualTo(sent);
    }
    await(() -> proxy.connections() == 0);
  }

  @Test
  void aDelayHoldsEachWayUntilItIsTakenBack() throws IOException {
    try (Socket socket = connect()) {
      echo(socket);
      proxy.delay(Duration.ofMillis(150));

      long start = System.nanoTime();
      echo(socket);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(300));

      proxy.delay(Duration.ofHours(1));
      socket.getOutputStream().write('x');
      proxy.resume();
      assertThat(socket.getInputStream().read()).isEqualTo('x');
    }
  }

  @Test
  void aResetEndsConnectionsAndNewOnesTooUntilItResumes() throws IOException {
    try (Socket socket = connect()) {
      echo(socket);
      proxy.reset();
      assertReset(socket);
    }
    assertNewOneIsReset(proxy);

    proxy.resume();

    assertServed();
  }

  @Test
  void aBlackholeAcceptsAndSwallowsUntilItResumes() throws IOException {
    try (Socket before = connect()) {
      echo(before);
      proxy.blackhole();

      assertSwallowed(before);
      try (Socket during = connect()) {
        assertSwallowed(during);
        await(() -> proxy.connections() == 2);
        proxy.resume();

        assertReset(before);
        assertReset(during);
      }
    }
    assertServed();
  }

  @Test
  void aConnectionThatIsClosedInABlackholeLeavesItsPlaceAndNotTheServer() throws IOException {
    proxy.blackhole();
    for (int i = 0; i < FaultProxy.MAX_CONNECTIONS + 1; i++) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write('x');
        await(() -> proxy.connections() == 1);
      }
      await(() -> proxy.connections() == 0);
    }
    proxy.resume();
    assertServed();
  }

  @Test
  void aPortThatRefusesIsThereAgainWhenItResumes() throws IOException {
    int port = proxy.port();
    try (Socket socket = connect()) {
      echo(socket);
      proxy.refuse();
      assertReset(socket);
    }
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

    proxy.resume();

    assertThat(proxy.port()).isEqualTo(port);
    assertServed();
  }

  @Test
  void aCutEndsConnectionsAndServesNewOnes() throws IOException {
    try (Socket socket = connect()) {
      echo(socket);
      proxy.cut();

      assertReset(socket);
    }
    assertServed();
  }

  @Test
  void oneFaultFollowsAnother() throws IOException {
    proxy.refuse();
    proxy.blackhole();
    try (Socket socket = connect()) {
      assertSwallowed(socket);
      proxy.refuse();
      assertReset(socket);
    }
    proxy.resume();
    assertServed();
  }

  @Test
  void aServerThatIsNotThereIsAReset() throws IOException {
    try (ReservedPort nobody = new ReservedPort();
        FaultProxy before = FaultProxy.to("127.0.0.1", nobody.number())) {
      assertNewOneIsReset(before);
    }
  }

  @Test
  void moreConnectionsThanTheBoundAreReset() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < FaultProxy.MAX_CONNECTIONS; i++) {
        sockets.add(connect());
        echo(sockets.get(i));
      }

      assertNewOneIsReset(proxy);
      echo(sockets.get(0));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void nothingIsLeftOfAClosedProxy() throws IOException {
    try (Socket socket = connect()) {
      echo(socket);
      proxy.delay(Duration.ofHours(1));
      socket.getOutputStream().write('x');

      proxy.close();

      assertReset(socket);
    }
    await(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("fault-proxy")));
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
  }

  @Test
  void aRealServerIsCutOffAndComesBack() throws SQLException {
    SqlDatabase database = mariadb.database();
    try (FaultProxy between = FaultProxy.to(database.host(), database.port())) {
      String url =
          database.jdbcUrl(between.port()) + "&connectTimeout=" + BOUND + "&socketTimeout=1500";
      try (Connection connection =
          DriverManager.getConnection(url, database.user(), database.password())) {
        assertThat(connection.isValid(5)).isTrue();
        between.blackhole();

        assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
            .isInstanceOf(SQLException.class);
      }
      between.refuse();
      assertThatThrownBy(
              () -> DriverManager.getConnection(url, database.user(), database.password()))
          .isInstanceOf(SQLException.class);
      between.resume();
      try (Connection connection =
          DriverManager.getConnection(url, database.user(), database.password())) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }

  private Socket connect() throws IOException {
    return connect(proxy);
  }

  private static Socket connect(FaultProxy proxy) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()), BOUND);
    socket.setSoTimeout(BOUND);
    return socket;
  }

  private static void echo(Socket socket) throws IOException {
    socket.getOutputStream().write('e');
    assertThat(socket.getInputStream().read()).isEqualTo('e');
  }

  private void assertServed() throws IOException {
    try (Socket socket = connect()) {
      echo(socket);
    }
  }

  /** Perhaps before the call that connects has returned. */
  private static void assertNewOneIsReset(FaultProxy proxy) {
    assertThatThrownBy(
            () -> {
              try (Socket socket = connect(proxy)) {
                assertReset(socket);
                throw new SocketException("reset, when it was read");
              }
            })
        .isInstanceOf(SocketException.class)
        .isNotInstanceOf(ConnectException.class)
        .hasMessageContaining("reset");
  }

  private static void assertReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  private static void assertSwallowed(Socket socket) throws IOException {
    socket.getOutputStream().write(new byte[200_000]);
    socket.setSoTimeout(100);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(BOUND);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMillis(BOUND).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private static byte[] readAll(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
