// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

/** What a test gets of a server, of this product. */
class MySqlServerTest extends SqlServerContract {
  @Override
  SqlServerExtension newExtension() {
    return SqlServerExtension.mysql();
  }
}
