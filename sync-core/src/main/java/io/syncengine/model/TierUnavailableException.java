// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tier that would know could not be asked: unreachable, timed out, or its breaker is open. Never
 * means "absent". Always retryable.
 *
 * @since 0.1
 */
public class TierUnavailableException extends TierException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, SyncItem> found;

  /**
   * Makes an exception.
   *
   * @param tier which tier
   * @param operation what was asked of it
   * @param message what is wrong and what to do, without secrets
   * @param cause the cause, or null
   */
  public TierUnavailableException(
      String tier, String operation, String message, @Nullable Throwable cause) {
    this(tier, operation, message, cause, Map.of());
  }

  /**
   * Makes an exception for a bulk read that found a part.
   *
   * @param tier which tier
   * @param operation what was asked of it
   * @param message what is wrong and what to do, without secrets
   * @param cause the cause, or null
   * @param found what was found all the same, by id
   */
  public TierUnavailableException(
      String tier,
      String operation,
      String message,
      @Nullable Throwable cause,
      Map<String, SyncItem> found) {
    super(tier, operation, true, message, cause);
    this.found = Map.copyOf(found);
  }

  /**
   * What a bulk read found before the tier failed it.
   *
   * @return items by id; empty for other calls
   */
  public Map<String, SyncItem> found() {
    return found == null ? Map.of() : found;
  }
}
