// SPDX-License-Identifier: AGPL-3.0-only
/** The ground truth in a SQL database: one algorithm over small dialects. */
@NullMarked
package io.syncengine.jdbc;

import org.jspecify.annotations.NullMarked;
