// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * One connection to a Redis, over which commands and replies go one after the other; as much of the
 * protocol (RESP 2) as the fixtures need. For one thread.
 */
final class Resp implements AutoCloseable {
  private static final int BOUND = (int) Duration.ofSeconds(10).toMillis();

  private final Socket socket;
  private final InputStream in;
  private final Charset charset;

  private Resp(Socket socket, Charset charset) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.charset = charset;
  }

  /**
   * Connects to a port of this machine; connecting and each answer may take 10 s.
   *
   * @param charset of the words that are sent and received
   */
  static Resp open(int port, Optional<SSLContext> tls, Charset charset) throws IOException {
    InetAddress here = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(here, port), BOUND);
      socket.setSoTimeout(BOUND);
      if (tls.isPresent()) {
        socket = tls.get().getSocketFactory().createSocket(socket, "127.0.0.1", port, true);
      }
      return new Resp(socket, charset);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** From now on a reply may take so many milliseconds. */
  void timeOutAfter(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /**
   * Sends a command and waits for its reply.
   *
   * @return the strings and numbers of the reply, those of nested lists in their place; nothing
   *     stands for nil
   * @throws IOException if Redis answers with an error, which is the message then, or not at all
   */
  List<String> call(String... words) throws IOException {
    ByteArrayOutputStream command = new ByteArrayOutputStream();
    command.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (String word : words) {
      byte[] bytes = word.getBytes(charset);
      command.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      command.writeBytes(bytes);
      command.writeBytes(new byte[] {'\r', '\n'});
    }
    socket.getOutputStream().write(command.toByteArray());
    List<String> reply = new ArrayList<>();
    read(reply);
    return reply;
  }

  private void read(List<String> reply) throws IOException {
    String line = line();
    if (line.isEmpty()) {
      throw new IOException("this is no reply of a Redis: an empty line");
    }
    String rest = line.substring(1);
    switch (line.charAt(0)) {
      case '+', ':' -> reply.add(rest);
      case '-' -> throw new IOException(rest);
      case '$' -> readText(Integer.parseInt(rest), reply);
      case '*' -> {
        for (int left = Integer.parseInt(rest); left > 0; left--) {
          read(reply);
        }
      }
      default -> throw new IOException("this is no reply of a Redis: " + line);
    }
  }

  private void readText(int length, List<String> reply) throws IOException {
    if (length >= 0) {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length || !line().isEmpty()) {
        throw new EOFException("the reply ends too early");
      }
      reply.add(new String(bytes, charset));
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next != '\n') {
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      if (next != '\r') {
        line.write(next);
      }
      next = in.read();
    }
    return line.toString(charset);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
