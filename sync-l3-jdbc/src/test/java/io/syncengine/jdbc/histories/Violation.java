// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

/**
 * A promise that a history breaks.
 *
 * @param promise which
 * @param id of which id
 * @param what what was answered, and what it has to be held against
 */
record Violation(Promise promise, String id, String what) {
  /** Those that histories are held against; see docs/guarantees.md. */
  enum Promise {
    P1,
    P2,
    P3,
    P4,
    P5,
    P11
  }
}
