// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.Closeable;
import java.io.IOException;

/**
 * Where a server runs: as a process of this machine, or in a container. For one thread at a time.
 */
interface Host extends Closeable {
  /** Launches it, for the first time or again over the same data; it may not be ready yet. */
  void start() throws IOException;

  boolean isRunning();

  /** Ends it as SIGKILL does; it is gone when this returns. */
  void kill() throws IOException;

  /** Stops it as SIGSTOP does, until it is resumed or killed. */
  void pause() throws IOException;

  void resume() throws IOException;

  /** The port, on 127.0.0.1, the same over restarts. */
  int port();

  /** The end of what the server has written to its log. */
  String log();

  /** Kills it, and deletes its data. */
  @Override
  void close() throws IOException;
}
