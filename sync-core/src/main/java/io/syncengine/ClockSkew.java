// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.SyncEngineException;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.TimeSource;
import java.util.OptionalLong;

/**
 * How far this machine's clock and that of the ground truth's server are apart. Instances that have
 * not read each other's writes are ordered by their clocks, and tombstones are purged by them.
 *
 * <p>Measured by the chores; {@code millis} is theirs to write and read by anyone, in volatile
 * mode.
 */
final class ClockSkew {
  private static final System.Logger LOG = System.getLogger("io.syncengine");

  private final TierPort truth;
  private final TimeSource time;
  private volatile long millis;

  ClockSkew(TierPort truth, TimeSource time) {
    this.truth = truth;
    this.time = time;
  }

  /** By how much this machine is at least ahead, as measured last; negative if it is behind. */
  long millis() {
    return millis;
  }

  /** Asks the ground truth; what was measured before stands if it cannot be asked. */
  void measure() {
    long sent = time.currentTimeMillis();
    try {
      OptionalLong server = truth.serverTimeMillis();
      millis = server.isEmpty() ? 0 : between(sent, server.getAsLong(), time.currentTimeMillis());
    } catch (SyncEngineException e) {
      // The port remembers why; it is asked again.
      LOG.log(System.Logger.Level.DEBUG, "the ground truth's clock was not read", e);
    }
  }

  /** The server looked at its clock at some moment between the two of this machine. */
  private static long between(long sent, long server, long received) {
    return server < sent ? sent - server : Math.min(0, received - server);
  }
}
