// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Map;

/** How far a command has come: what is reported of it when it is interrupted. For any thread. */
interface Account {
  /** By name, for {@code --json}. */
  Map<String, Object> facts();

  /** In one line. */
  String text();
}
