// SPDX-License-Identifier: AGPL-3.0-only

/** The {@code sync} command. Exports nothing: it is used as a program. */
module io.syncengine.cli {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.syncengine;
  requires java.logging;
  requires static org.jspecify;

  opens io.syncengine.cli to
      info.picocli;
}
