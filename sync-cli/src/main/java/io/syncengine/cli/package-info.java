// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The {@code sync} command: a class for each command, and what they share. {@link SyncCommand} is
 * the way in.
 */
@NullMarked
package io.syncengine.cli;

import org.jspecify.annotations.NullMarked;
