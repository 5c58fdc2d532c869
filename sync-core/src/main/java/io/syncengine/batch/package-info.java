// SPDX-License-Identifier: AGPL-3.0-only
/** When a batch is due, and the tasks that carry batches. */
@NullMarked
package io.syncengine.batch;

import org.jspecify.annotations.NullMarked;
