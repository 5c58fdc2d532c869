// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.List;

/** A server that has been found, of which any number can be started. */
interface Source {
  /** Where it was found, for the line in the log of a build. */
  String origin();

  /**
   * Makes one more server, with data of its own, not started yet.
   *
   * @param options as on the server's command line
   * @throws UnavailableException if it turns out that it does not work here
   */
  Launchable create(List<String> options) throws IOException, UnavailableException;

  /**
   * A server that has not been started.
   *
   * @param adminPassword of the account {@value Accounts#ADMIN}, which may do everything
   */
  record Launchable(Host host, String adminPassword) {
    @Override
    public String toString() {
      return "a server on port " + host.port();
    }
  }
}
