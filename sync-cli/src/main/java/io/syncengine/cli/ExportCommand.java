// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.SyncItem;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sync export}. */
@Command(
    name = "export",
    description = "Prints items as NDJSON, sorted by the bytes of their ids.",
    footer = {
      "",
      "One object a line, {\"id\":…,\"content\":…}, the content's bytes just as they are",
      "stored. Content that is not one line of JSON is \"contentBase64\"; sync ingest",
      "takes both. A prefix is a dotted subtree: a.b is the id a.b and all ids that",
      "start with a.b. (with a trailing dot a.b itself is left out).",
      "",
      "Example: sync export org.mdn.bcd.api | gzip > api.ndjson.gz"
    })
final class ExportCommand extends EngineCommand {
  @Parameters(
      paramLabel = "PREFIX",
      arity = "0..1",
      defaultValue = "",
      description = "The subtree; everything by default.")
  private String prefix;

  ExportCommand() {}

  @Override
  public Integer call() {
    prefix(prefix);
    NdjsonWriter writer = new NdjsonWriter(output());
    try (Session session = openToRead();
        Stream<SyncItem> items = session.engine().scan(prefix)) {
      items.forEachOrdered(writer::writeLine);
      output().flush();
    }
    return ExitCodes.DONE;
  }
}
