// SPDX-License-Identifier: AGPL-3.0-only

/**
 * Real servers for tests, without Docker: JUnit extensions that start MySQL, MariaDB and Redis,
 * give each test a database or keyspace of its own, and can kill, pause, restart and wipe them.
 */
@NullMarked
package io.syncengine.testkit.servers;

import org.jspecify.annotations.NullMarked;
