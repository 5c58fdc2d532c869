// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * One server of a {@link RedisKeyspace}, with what a test can do to it alone. What has been done is
 * undone before the next test.
 *
 * <p>For any thread.
 *
 * @since 0.1
 */
public final class RedisNode {
  private final Instance instance;
  private final String password;
  private final Optional<SSLContext> tls;

  /** Nothing runs yet; the password is empty where there is none. */
  RedisNode(String title, Host host, String password, Optional<SSLContext> tls) {
    this.password = password;
    this.tls = tls;
    this.instance = new Instance(title, host, () -> call("PING"));
  }

  /**
   * The server's port on 127.0.0.1.
   *
   * @return the same over restarts
   */
  public int port() {
    return instance.port();
  }

  /**
   * Sends one command over a connection of its own, as the user who may do everything: {@code
   * command("CONFIG", "SET", "maxmemory", "1mb")}. What is changed outside the keyspace stays for
   * the other tests of this JVM.
   *
   * @param words command and arguments
   * @return the strings and numbers of the reply, those of nested lists in their place; nothing
   *     stands for nil
   * @throws UncheckedIOException if the server is not there, does not answer within 10 s, or
   *     answers with an error, which is the message then
   */
  public List<String> command(String... words) {
    try {
      return call(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the server (SIGKILL); it is gone when this returns. Does nothing if it is gone. */
  public void kill() {
    instance.kill();
  }

  /** Stops the server (SIGSTOP): connections stay open, connecting works, nobody gets an answer. */
  public void pause() {
    instance.pause();
  }

  /** Lets a paused server go on (SIGCONT). */
  public void resume() {
    instance.resume();
  }

  /**
   * Kills the server, if it runs, and starts it again on the same port and data. It answers when
   * this returns.
   *
   * @throws UncheckedIOException if it does not; has the end of its log
   */
  public void restart() {
    instance.restart();
  }

  Instance instance() {
    return instance;
  }

  List<String> call(String... words) throws IOException {
    try (Resp connection = connect(StandardCharsets.UTF_8)) {
      return connection.call(words);
    }
  }

  /** Connects as the user who may do everything. */
  Resp connect(Charset charset) throws IOException {
    Resp connection = Resp.open(port(), tls, charset);
    try {
      if (!password.isEmpty()) {
        connection.call("AUTH", password);
      }
      return connection;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /** Whether it says so itself. */
  boolean isMaster() throws IOException {
    return call("ROLE").get(0).equals("master");
  }

  @Override
  public String toString() {
    return "Redis on port " + port();
  }
}
