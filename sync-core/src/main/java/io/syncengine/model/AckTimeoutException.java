// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * The level asked for was not reached in time. The write stands at the receipt's level and goes on.
 *
 * @since 0.1
 */
public class AckTimeoutException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  private final transient Receipt receipt;

  /**
   * Makes an exception.
   *
   * @param receipt the level at which the write stands
   */
  public AckTimeoutException(Receipt receipt) {
    super("the ack level was not reached in time; the write stands and goes on", null);
    this.receipt = receipt;
  }

  /**
   * The level at which the write stands.
   *
   * @return the receipt
   */
  public Receipt receipt() {
    return receipt;
  }
}
