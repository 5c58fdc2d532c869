// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port on 127.0.0.1 that the kernel has chosen and gives to nobody else while this is open,
 * whether or not the server is running.
 */
// The socket is bound and never listens. A server that sets SO_REUSEADDR, as all of ours do, may
// bind the port too, but the kernel does not hand it out: neither to another server nor, while ours
// is down, as the local end of a connection, which could even be connected to itself.
final class ReservedPort implements Closeable {
  private final Socket socket = new Socket();

  ReservedPort() throws IOException {
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
  }

  int number() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
