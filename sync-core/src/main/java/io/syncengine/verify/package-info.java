// SPDX-License-Identifier: AGPL-3.0-only

/** Comparing tiers and putting right what differs. */
@NullMarked
package io.syncengine.verify;

import org.jspecify.annotations.NullMarked;
