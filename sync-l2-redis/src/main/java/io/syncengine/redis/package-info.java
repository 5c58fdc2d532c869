// SPDX-License-Identifier: AGPL-3.0-only

/** The Redis tier. */
@NullMarked
package io.syncengine.redis;

import org.jspecify.annotations.NullMarked;
