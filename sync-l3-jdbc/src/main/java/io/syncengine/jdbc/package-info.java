// SPDX-License-Identifier: AGPL-3.0-only
/** The ground truth in a SQL database: one algorithm over small dialects. */
package io.syncengine.jdbc;
