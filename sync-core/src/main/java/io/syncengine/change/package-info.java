// SPDX-License-Identifier: AGPL-3.0-only
/** Following the change log of the ground truth. */
@NullMarked
package io.syncengine.change;

import org.jspecify.annotations.NullMarked;
