// SPDX-License-Identifier: AGPL-3.0-only

/**
 * Real servers for tests, without Docker: JUnit extensions that start MySQL and MariaDB, give each
 * test a database of its own, and can kill, pause, restart and wipe them.
 */
package io.syncengine.testkit.servers;
