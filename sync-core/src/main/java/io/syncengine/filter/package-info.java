// SPDX-License-Identifier: AGPL-3.0-only
/** A set of ids in little memory that may say "perhaps" too often, never "no". */
@NullMarked
package io.syncengine.filter;

import org.jspecify.annotations.NullMarked;
