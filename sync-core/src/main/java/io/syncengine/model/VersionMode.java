// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * Who gives versions to writes. Stands in the ground truth and cannot be changed there.
 *
 * @since 0.1
 */
public enum VersionMode {
  /** A hybrid logical clock in the engine. */
  ENGINE,
  /** The caller gives each version, of deletes too. */
  CALLER
}
