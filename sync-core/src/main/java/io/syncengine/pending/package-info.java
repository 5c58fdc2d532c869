// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What the ground truth has not confirmed, or this instance has not followed yet, and the stripes
 * that make a write and a fill of one id exclude each other.
 */
@NullMarked
package io.syncengine.pending;

import org.jspecify.annotations.NullMarked;
