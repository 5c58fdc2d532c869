// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;

/**
 * One id in a change row.
 *
 * @param id the id
 * @param revision what it has now
 * @param before what it was before
 * @param leafDelta what the commit added to the id's digest bucket, {@link Leaf#BYTES} bytes, not
 *     to be changed
 * @since 0.1
 */
// One an id of each commit: its array is not copied, and nobody compares it.
@SuppressWarnings("ArrayRecordComponent")
public record Change(String id, Revision revision, Before.State before, byte[] leafDelta) {}
