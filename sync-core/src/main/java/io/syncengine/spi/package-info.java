// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The roles that other modules fill: tiers, log, batcher, codec, merge strategy, telemetry, and the
 * providers by which they are found.
 */
@NullMarked
package io.syncengine.spi;

import org.jspecify.annotations.NullMarked;
