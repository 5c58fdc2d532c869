// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * What a tier found when it was opened.
 *
 * @param databaseId random, made with the data and kept there; another id means another history
 * @param description product and version for the start line and health, without secrets
 * @since 0.1
 */
public record TierInfo(String databaseId, String description) {}
