// SPDX-License-Identifier: AGPL-3.0-only
/** How full the engine is with what cannot be evicted, in six levels. */
@NullMarked
package io.syncengine.pressure;

import org.jspecify.annotations.NullMarked;
