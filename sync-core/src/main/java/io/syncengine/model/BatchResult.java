// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a bulk call: for each input, in input order, a receipt or the exception that a
 * single call would have thrown. Immutable.
 *
 * @param entries one for each input
 * @since 0.1
 */
public record BatchResult(List<Entry> entries) {
  /**
   * Copies the list.
   *
   * @param entries see {@link #entries()}
   */
  public BatchResult {
    entries = List.copyOf(entries);
  }

  /**
   * The outcome for one input: exactly one of the two is there.
   *
   * @param receipt the acknowledgement, or null
   * @param failure why there is none, or null
   */
  public record Entry(@Nullable Receipt receipt, @Nullable RuntimeException failure) {
    /**
     * Checks that exactly one part is there.
     *
     * @param receipt see {@link #receipt()}
     * @param failure see {@link #failure()}
     */
    public Entry {
      if ((receipt == null) == (failure == null)) {
        throw new IllegalArgumentException("give either a receipt or a failure");
      }
    }
  }

  /**
   * Whether every input was acknowledged.
   *
   * @return true if there is no failure
   */
  public boolean allSucceeded() {
    return firstFailure().isEmpty();
  }

  /**
   * The first failure in input order.
   *
   * @return the failure, if there is one
   */
  public Optional<RuntimeException> firstFailure() {
    return entries.stream().flatMap(e -> Stream.ofNullable(e.failure())).findFirst();
  }

  /**
   * How many inputs were acknowledged.
   *
   * @return the number
   */
  public int succeeded() {
    return (int) entries.stream().filter(e -> e.receipt() != null).count();
  }
}
