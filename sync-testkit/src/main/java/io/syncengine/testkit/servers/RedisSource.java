// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A Redis that has been found, of which any number can be started. */
interface RedisSource {
  /** Where it was found, for the line in the log of a build. */
  String origin();

  /** Makes one more server, in a folder of its own, not started yet. */
  Host create(Node node) throws IOException;

  /**
   * One server.
   *
   * @param portSetting the name under which the port is set
   * @param settings lines of its configuration, without port and address
   * @param files by their names, beside its configuration
   * @param options as on the server's command line
   */
  record Node(
      String portSetting, List<String> settings, Map<String, String> files, List<String> options) {
    /** Without the settings and files, which hold passwords and keys. */
    @Override
    public String toString() {
      return "a Redis with options " + options;
    }
  }
}
