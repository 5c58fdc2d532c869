// SPDX-License-Identifier: AGPL-3.0-only
/** The only way to call a tier. */
@NullMarked
package io.syncengine.resilience;

import org.jspecify.annotations.NullMarked;
