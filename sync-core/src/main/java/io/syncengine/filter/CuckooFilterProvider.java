// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import io.syncengine.spi.ExistenceFilter;
import io.syncengine.spi.ExistenceFilterProvider;
import java.io.IOException;
import java.io.InputStream;

/**
 * Makes cuckoo filters: two bytes a fingerprint, 2.4 bytes an expected id and at least 8 KiB in
 * all; one "perhaps" too much in about 9,000 answers when full. The same hash can be added eight
 * times.
 */
public final class CuckooFilterProvider implements ExistenceFilterProvider {
  private static final double EXPECTED_LOAD = 0.85;
  private static final int FEWEST_BUCKETS = 1024;

  /** For {@link java.util.ServiceLoader}. */
  public CuckooFilterProvider() {}

  @Override
  public String name() {
    return "cuckoo";
  }

  @Override
  public ExistenceFilter create(long expected) {
    return new CuckooFilter(buckets(expected));
  }

  /** How many buckets that many ids ask for. */
  static int buckets(long expected) {
    if (expected < 0) {
      throw new IllegalArgumentException("expected is " + expected + "; it must be 0 or more");
    }
    double pairs = Math.ceil(expected / EXPECTED_LOAD / Fingerprints.SLOTS / 2);
    if (2 * pairs > CuckooFilter.MOST_BUCKETS) {
      throw new IllegalArgumentException(
          "a cuckoo filter for " + expected + " ids is larger than one array can be");
    }
    return Math.max(FEWEST_BUCKETS, 2 * (int) pairs);
  }

  @Override
  public ExistenceFilter read(InputStream in) throws IOException {
    return FilterFormat.read(in);
  }
}
