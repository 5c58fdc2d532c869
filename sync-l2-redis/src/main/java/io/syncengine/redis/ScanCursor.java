// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a scan of a space is. Lanes are bits of a number.
 *
 * @param done the lanes of which all was read
 * @param part the node that is being read; empty between two nodes
 */
record ScanCursor(BigInteger done, Optional<Part> part) {
  /** Every lane. */
  static final BigInteger ALL = BigInteger.ONE.shiftLeft(CacheKeys.LANES).subtract(BigInteger.ONE);

  /** Where each scan begins. */
  static final ScanCursor START = new ScanCursor(BigInteger.ZERO, Optional.empty());

  private static final Pattern TEXT =
      Pattern.compile(
          "(?<done>[0-9a-f]{1,64})"
              + "(/(?<lanes>[0-9a-f]{1,64})/(?<server>[0-9]{1,20})/(?<identity>\\w+)/(?<node>.*))?");

  /**
   * A node that is being read.
   *
   * @param node its name
   * @param identity who it was; a cursor means nothing to another process
   * @param lanes those that it has had at each page so far
   * @param server its own cursor
   */
  record Part(String node, String identity, BigInteger lanes, String server) {
    /** What every scan of a server begins with, and ends with. */
    static final String START = "0";
  }

  /**
   * Reads what {@link #text} made.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static ScanCursor of(@Nullable String text) {
    if (text == null) {
      return START;
    }
    Matcher in = TEXT.matcher(text);
    if (!in.matches()) {
      throw new IllegalArgumentException("the cursor is not one of a scan of this cache");
    }
    BigInteger done = new BigInteger(in.group("done"), 16);
    if (in.group("lanes") == null) {
      return new ScanCursor(done, Optional.empty());
    }
    BigInteger lanes = new BigInteger(in.group("lanes"), 16);
    return new ScanCursor(
        done,
        Optional.of(new Part(in.group("node"), in.group("identity"), lanes, in.group("server"))));
  }

  /** As text, without secrets. */
  String text() {
    String text = done.toString(16);
    return part.map(p -> String.join("/", text, p.lanes.toString(16), p.server, p.identity, p.node))
        .orElse(text);
  }
}
