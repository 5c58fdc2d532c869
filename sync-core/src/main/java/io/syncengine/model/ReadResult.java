// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Duration;
import java.util.Optional;

/**
 * An answer with its origin.
 *
 * @param item the item, or empty if it is absent
 * @param source what answered
 * @param stale whether the answer may be older than the staleness bound, or was given because the
 *     tier that would know could not be asked
 * @param age time since the item was accepted; zero if absent
 * @param revision the revision of the item or of its tombstone, if one is known
 * @since 0.1
 */
public record ReadResult(
    Optional<SyncItem> item,
    Source source,
    boolean stale,
    Duration age,
    Optional<Revision> revision) {}
