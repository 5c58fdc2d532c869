// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.Closeable;
import java.io.IOException;

/** What several tests use, one after the other or at once, until this JVM ends. */
interface Shared extends Closeable {
  /** Makes it serve, whatever a test has done to it. */
  void heal();

  @Override
  void close() throws IOException;
}
