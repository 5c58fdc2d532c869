// SPDX-License-Identifier: AGPL-3.0-only
/** The engine: its interface, its configuration and the wiring. */
@NullMarked
package io.syncengine;

import org.jspecify.annotations.NullMarked;
