// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import org.jspecify.annotations.Nullable;

/**
 * A tier failed or refused an operation.
 *
 * @since 0.1
 */
public class TierException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  private final String tier;
  private final String operation;
  private final boolean retryable;

  /**
   * Makes an exception.
   *
   * @param tier which tier, as {@code L2} or {@code L3}
   * @param operation what was asked of it
   * @param retryable whether the same call may succeed later
   * @param message what is wrong and what to do, without secrets
   * @param cause the cause, or null
   */
  public TierException(
      String tier, String operation, boolean retryable, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.tier = tier;
    this.operation = operation;
    this.retryable = retryable;
  }

  /**
   * Which tier.
   *
   * @return its name
   */
  public String tier() {
    return tier;
  }

  /**
   * What was asked of it.
   *
   * @return the operation's name
   */
  public String operation() {
    return operation;
  }

  /**
   * Whether the same call may succeed later.
   *
   * @return true if it may
   */
  public boolean retryable() {
    return retryable;
  }
}
