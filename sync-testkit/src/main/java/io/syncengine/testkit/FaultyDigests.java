// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdRange;
import io.syncengine.testkit.FaultyTier.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The digests of a {@link FaultyTier}. */
record FaultyDigests(FaultyTier tier, Digests real) implements Digests {
  @Override
  public HeaderPage headers(IdRange range, @Nullable String after, int limit) {
    return tier.call(Operation.HEADERS, () -> real.headers(range, after, limit));
  }

  @Override
  public DigestPage digests(int level, List<Integer> nodes) {
    return tier.call(Operation.DIGESTS, () -> real.digests(level, nodes));
  }

  @Override
  public HeaderPage buckets(List<Integer> buckets) {
    return tier.call(Operation.DIGESTS, () -> real.buckets(buckets));
  }

  @Override
  public long fold() {
    return tier.call(Operation.DIGESTS, real::fold);
  }

  @Override
  public boolean replaceDigests(long sequence, byte[] buckets) {
    return tier.call(Operation.DIGESTS, () -> real.replaceDigests(sequence, buckets));
  }
}
