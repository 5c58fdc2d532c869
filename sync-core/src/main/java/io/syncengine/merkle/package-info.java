// SPDX-License-Identifier: AGPL-3.0-only

/** The tree of digests over a set of items. */
@NullMarked
package io.syncengine.merkle;

import org.jspecify.annotations.NullMarked;
