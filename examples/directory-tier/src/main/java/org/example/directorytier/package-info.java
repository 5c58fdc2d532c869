// SPDX-License-Identifier: AGPL-3.0-only
/**
 * An example: a ground truth in a plain directory, one file an item, for {@code dir:PATH}. Start
 * with {@link org.example.directorytier.DirectoryTier}.
 */
package org.example.directorytier;
