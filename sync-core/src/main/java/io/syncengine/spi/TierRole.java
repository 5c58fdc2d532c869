// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * What a tier is to an engine.
 *
 * @since 0.1
 */
public enum TierRole {
  /** The tier that decides what is there; the deepest one that is configured. */
  GROUND_TRUTH,
  /** A tier before the ground truth, which may lose anything at any time; see {@link Cache}. */
  CACHE
}
