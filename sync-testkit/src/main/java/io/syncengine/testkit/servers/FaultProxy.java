// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A port on 127.0.0.1 that hands connections on to a server, and does to them what networks do: be
 * late, break, swallow, refuse. One fault holds at a time, besides a delay, until {@link
 * #resume()}.
 *
 * <p>For any thread. Each connection has two threads; there are at most {@value #MAX_CONNECTIONS}
 * connections, any more are reset.
 *
 * @since 0.1
 */
// Concurrency: the monitor guards the fields below `threads`; nobody reads, writes or connects
// while holding it. A socket is closed under it, which blocks nobody since nothing lingers.
public final class FaultProxy implements AutoCloseable {
  /** How many connections there may be at once. */
  public static final int MAX_CONNECTIONS = 128;

  private static final int PIECE = 64 * 1024;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(10);

  private final InetSocketAddress target;
  private final ReservedPort port;
  private final ExecutorService threads = Executors.newCachedThreadPool(FaultProxy::daemon);
  private final Set<Connection> connections = new HashSet<>();
  private Mode mode = Mode.REFUSE;
  private Duration delay = Duration.ZERO;
  private @Nullable ServerSocket listener;
  private boolean accepting;

  private enum Mode {
    PASS,
    BLACKHOLE,
    RESET,
    REFUSE
  }

  private FaultProxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.port = new ReservedPort();
  }

  /**
   * Listens on a free port, and hands on what comes.
   *
   * @param host where the server is; connected to anew for each connection
   * @param port its port
   * @return a proxy without a fault, the caller's to close
   * @throws UncheckedIOException if no port can be had
   */
  public static FaultProxy to(String host, int port) {
    try {
      FaultProxy proxy = new FaultProxy(new InetSocketAddress(host, port));
      proxy.resume();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The port to connect to, on 127.0.0.1.
   *
   * @return the same, whatever fault there is; nobody else gets it meanwhile
   */
  public int port() {
    return port.number();
  }

  /**
   * How many connections are open here. One whose client has closed it in a blackhole is not: it is
   * the server that still has it, until the fault ends, since nothing tells the server.
   *
   * @return at most {@value #MAX_CONNECTIONS}
   */
  public synchronized int connections() {
    return (int) connections.stream().filter(connection -> !connection.forsaken).count();
  }

  /**
   * From now on, what is read is handed on so much later, each way; a request and its reply take
   * twice as long. A piece of at most 64 KB is under way at once in each direction.
   *
   * @param by zero ends it
   */
  public synchronized void delay(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("a delay cannot be negative");
    }
    delay = by;
    notifyAll();
  }

  /** Resets all connections (RST); new ones are served. */
  public synchronized void cut() {
    for (Connection connection : List.copyOf(connections)) {
      connection.end();
    }
  }

  /** Resets all connections (RST), and each new one as soon as it is there. */
  public synchronized void reset() {
    become(Mode.RESET);
    cut();
  }

  /**
   * From now on connections are accepted and stay open, what comes on them is read, both ways, and
   * nothing is handed on.
   */
  public synchronized void blackhole() {
    become(Mode.BLACKHOLE);
  }

  /** Resets all connections (RST), and refuses new ones as a port does on which nobody listens. */
  public synchronized void refuse() {
    become(Mode.REFUSE);
    cut();
  }

  /**
   * Ends every fault and the delay. Connections that were there in a {@link #blackhole()} are
   * reset, since something may be missing on them.
   */
  public synchronized void resume() {
    if (mode == Mode.BLACKHOLE) {
      cut();
    }
    become(Mode.PASS);
    delay(Duration.ZERO);
  }

  /**
   * Resets all connections and listens no more; its threads are at their end when this returns.
   * Does nothing a second time.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (threads.isShutdown()) {
        return;
      }
      refuse();
      threads.shutdown();
    }
    try {
      if (!threads.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("threads of the proxy are still there after " + END);
      }
      port.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void become(Mode next) {
    if (threads.isShutdown()) {
      throw new IllegalStateException("the proxy is closed");
    }
    mode = next;
    notifyAll();
    try {
      if (next != Mode.REFUSE && listener == null) {
        awaitAcceptor();
        listener = listen();
      } else if (next == Mode.REFUSE && listener != null) {
        listener.close();
        listener = null;
        awaitAcceptor();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As long as a thread is in `accept`, the kernel keeps the port open, closed or not. */
  private void awaitAcceptor() {
    long end = System.nanoTime() + END.toNanos();
    try {
      while (accepting && System.nanoTime() - end < 0) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (accepting) {
      throw new IllegalStateException("the port is still open after " + END);
    }
  }

  private ServerSocket listen() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    socket.bind(new InetSocketAddress(here, port()), MAX_CONNECTIONS);
    accepting = true;
    threads.execute(() -> accept(socket));
    return socket;
  }

  private void accept(ServerSocket socket) {
    try (socket) {
      while (true) {
        admit(socket.accept());
      }
    } catch (IOException e) {
      // It was closed: nobody listens here any more. Whoever connects is told so.
      return;
    } finally {
      synchronized (this) {
        accepting = false;
        notifyAll();
      }
    }
  }

  private synchronized void admit(Socket client) {
    Connection connection = new Connection(client);
    if ((mode == Mode.PASS || mode == Mode.BLACKHOLE) && connections() < MAX_CONNECTIONS) {
      connections.add(connection);
      threads.execute(connection::run);
    } else {
      connection.end();
    }
  }

  /** Waits as long as the delay says; whether the piece is to be handed on then. */
  private synchronized boolean letPass(Connection connection) throws InterruptedException {
    long start = System.nanoTime();
    while (connections.contains(connection) && mode == Mode.PASS) {
      long left = delay.toNanos() - (System.nanoTime() - start);
      if (left <= 0) {
        return true;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return false;
  }

  private synchronized boolean passes() {
    return mode == Mode.PASS;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    return thread;
  }

  /** A client's connection and, unless it came in a blackhole, the server's. */
  private final class Connection {
    private final Socket client;
    private final Socket server = new Socket();
    private int directions = 2;
    private boolean forsaken;

    Connection(Socket client) {
      this.client = client;
    }

    /** Connects to the server and hands on what comes from the client. */
    void run() {
      try {
        if (passes()) {
          server.connect(target, (int) CONNECT.toMillis());
          begin(() -> pump(server, client));
        }
        pump(client, server);
      } catch (IOException e) {
        end();
      }
    }

    /** A connection that was reset meanwhile needs no thread, and may come after the end of all. */
    private void begin(Runnable work) {
      synchronized (FaultProxy.this) {
        if (connections.contains(this)) {
          threads.execute(work);
        }
      }
    }

    private void pump(Socket from, Socket to) {
      byte[] piece = new byte[PIECE];
      try {
        int length = from.getInputStream().read(piece);
        while (length >= 0) {
          if (letPass(this)) {
            to.getOutputStream().write(piece, 0, length);
          }
          length = from.getInputStream().read(piece);
        }
        if (letPass(this)) {
          to.shutdownOutput();
          endDirection();
        } else if (from == client) {
          forsake();
        }
      } catch (IOException e) {
        end();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        end();
      }
    }

    /** Closes in order what both sides have closed. */
    private void endDirection() throws IOException {
      synchronized (FaultProxy.this) {
        directions--;
        if (directions == 0) {
          connections.remove(this);
          client.close();
          server.close();
        }
      }
    }

    private void forsake() {
      synchronized (FaultProxy.this) {
        forsaken = true;
      }
    }

    /** Resets both sides. */
    void end() {
      synchronized (FaultProxy.this) {
        connections.remove(this);
        FaultProxy.this.notifyAll();
        reset(client);
        reset(server);
      }
    }

    // Without lingering, a close is a reset; what is not connected has nothing to reset.
    private void reset(Socket socket) {
      try {
        if (socket.isConnected() && !socket.isClosed()) {
          socket.setSoLinger(true, 0);
        }
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a connection cannot be closed", e);
      }
    }
  }
}
