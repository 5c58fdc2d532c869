// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.cache.CacheFeeder;
import io.syncengine.resilience.CircuitBreaker;
import io.syncengine.resilience.TierPort;

/** What there is because there is a cache before the ground truth. */
record CacheParts(TierPort port, CircuitBreaker breaker, CacheFeeder feeder) {}
