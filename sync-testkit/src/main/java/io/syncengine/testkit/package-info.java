// SPDX-License-Identifier: AGPL-3.0-only
/**
 * For those who write a tier, a log or another role, and for tests of what uses them: a contract to
 * extend for each role ({@code …Contract}; the {@code …Clauses} are its parts), a clock that tests
 * turn, a tier that fails on command, a log in memory, fail points, and seeds that can be replayed.
 */
@NullMarked
package io.syncengine.testkit;

import org.jspecify.annotations.NullMarked;
