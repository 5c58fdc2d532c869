// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import picocli.CommandLine.Command;

/** {@code sync import}. */
@Command(
    name = "import",
    description = {
      "Stores items that export has written, whatever their content.",
      "",
      "As ingest, and a line may hold its content's bytes as Base64 in contentBase64 instead of"
          + " content. What export writes comes back byte for byte; versions are given anew."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} export | gzip > backup.ndjson.gz",
      "  ${ROOT-COMMAND-NAME} import backup.ndjson.gz",
      "  ${ROOT-COMMAND-NAME} export org | ${ROOT-COMMAND-NAME} import - --wal-path= \\",
      "    --sql-url sqlite:copy.db"
    })
final class ImportCommand extends LoadCommand {
  ImportCommand() {
    super("import", LineForm.EXPORTED);
  }
}
