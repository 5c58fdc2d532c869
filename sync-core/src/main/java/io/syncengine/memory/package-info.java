// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The memory tier: items bounded in bytes, with an eviction that weighs recency, frequency and size
 * in constant time a write.
 */
@NullMarked
package io.syncengine.memory;

import org.jspecify.annotations.NullMarked;
