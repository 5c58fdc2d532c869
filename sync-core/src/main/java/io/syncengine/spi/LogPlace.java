// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * The place of one entry in the write-ahead log.
 *
 * @param group the number of its commit group, rising from 1
 * @param index its index in the group, from 0
 * @since 0.1
 */
public record LogPlace(long group, int index) {}
