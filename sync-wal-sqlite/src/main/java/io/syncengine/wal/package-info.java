// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The write-ahead log over one SQLite file: one row a commit group ({@code
 * docs/adr/0002-one-row-a-commit-group.md}, bytes in {@code docs/data-layout.md}).
 */
@NullMarked
package io.syncengine.wal;

import org.jspecify.annotations.NullMarked;
