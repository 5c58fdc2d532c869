// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** MySQL or MariaDB in containers. */
record ContainerSource(Product product) implements Source {
  private static final int PORT = 3306;

  @Override
  public String origin() {
    return "container of " + product.image();
  }

  // The images run what is in that folder when they make their data, and serve the network after.
  @Override
  public Launchable create(List<String> options) throws IOException {
    String password = Accounts.newPassword();
    String root = product == Product.MYSQL ? "MYSQL_ROOT_PASSWORD" : "MARIADB_ROOT_PASSWORD";
    List<String> command = new ArrayList<>(List.of("--skip-log-bin", "--skip-name-resolve"));
    command.addAll(options);
    return new Launchable(
        new ContainerHost(
            new ContainerHost.Content(
                product.image(),
                PORT,
                Map.of(root, Accounts.newPassword()),
                Map.of(
                    "/docker-entrypoint-initdb.d/admin.sql",
                    String.join("\n", Accounts.admin(password)) + "\n"),
                command)),
        password);
  }
}
