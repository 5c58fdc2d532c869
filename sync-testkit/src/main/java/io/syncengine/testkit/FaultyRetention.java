// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.ChangeRetention;
import io.syncengine.testkit.FaultyTier.Operation;

/** The retention of change rows of a {@link FaultyTier}. */
record FaultyRetention(FaultyTier tier, ChangeRetention real) implements ChangeRetention {
  @Override
  public void register(String reader, long sequence) {
    done(() -> real.register(reader, sequence));
  }

  @Override
  public void unregister(String reader) {
    done(() -> real.unregister(reader));
  }

  @Override
  public int trim(long committedBeforeMillis, long boundMillis, int limit) {
    return tier.call(
        Operation.RETENTION, () -> real.trim(committedBeforeMillis, boundMillis, limit));
  }

  private void done(Runnable work) {
    tier.call(
        Operation.RETENTION,
        () -> {
          work.run();
          return true;
        });
  }
}
