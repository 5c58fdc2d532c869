// SPDX-License-Identifier: AGPL-3.0-only
/** What keeps the cache before the ground truth honest: floors, feed, repair. */
@NullMarked
package io.syncengine.cache;

import org.jspecify.annotations.NullMarked;
