// SPDX-License-Identifier: AGPL-3.0-only
/** The road of a write: gate, revision, log, pending, ground truth. */
@NullMarked
package io.syncengine.write;

import org.jspecify.annotations.NullMarked;
