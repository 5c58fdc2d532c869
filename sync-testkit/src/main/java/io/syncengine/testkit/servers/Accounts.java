// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Names, passwords and the statements that make accounts of them. */
final class Accounts {
  /** Who may do everything. */
  static final String ADMIN = "sync_admin";

  private static final SecureRandom RANDOM = new SecureRandom();

  private Accounts() {}

  /**
   * A password with what has to be escaped in a URL, and nothing that SQL would mind. By its form
   * {@code .ci/run} finds it in what the suite has said.
   */
  static String newPassword() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return "p@:/%+" + HexFormat.of().formatHex(bytes);
  }

  /** The statements that make the account of {@link #ADMIN}, one a line. */
  static List<String> admin(String password) {
    return List.of(
        "CREATE USER '" + ADMIN + "'@'%' IDENTIFIED BY '" + password + "';",
        "GRANT ALL ON *.* TO '" + ADMIN + "'@'%' WITH GRANT OPTION;");
  }
}
