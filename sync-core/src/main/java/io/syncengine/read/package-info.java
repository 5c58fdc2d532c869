// SPDX-License-Identifier: AGPL-3.0-only
/** The road of a read: memory, pending, ground truth, and the shared loads between them. */
@NullMarked
package io.syncengine.read;

import org.jspecify.annotations.NullMarked;
