// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import picocli.CommandLine.Command;

/** {@code sync ingest}. */
@Command(
    name = "ingest",
    description = {
      "Stores items from NDJSON whose content is JSON.",
      "",
      "A line is an object with id and content, in any order, and nothing else. What is stored is"
          + " the content's JSON, byte for byte as it stands in the line; content that is stored"
          + " already is not written again. If an id comes twice, the later line wins. A bad line"
          + " is named on stderr and the rest goes on (exit code 3). A line has at most 64 MiB.",
      "",
      "Ctrl-C ends the ingest: what was accepted is carried down, and reported (130)."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} ingest items.ndjson.gz",
      "  ${ROOT-COMMAND-NAME} ingest items.ndjson.gz --mirror org.mdn.bcd --dry-run",
      "  cat items.ndjson | ${ROOT-COMMAND-NAME} ingest - --ack persisted"
    })
final class IngestCommand extends LoadCommand {
  IngestCommand() {
    super("ingest", LineForm.JSON);
  }
}
