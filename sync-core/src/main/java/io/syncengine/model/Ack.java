// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * The level at which a write is acknowledged, weakest first.
 *
 * @since 0.1
 */
public enum Ack {
  /** This process has the write; it is lost if the process dies before it went further. */
  MEMORY,
  /**
   * The write is in the write-ahead log, on disk (fsync): it survives the process and the operating
   * system, not the loss of the disk.
   */
  LOGGED,
  /** The write is committed in the ground truth. */
  PERSISTED
}
