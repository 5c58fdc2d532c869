// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.SyncItem;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sync export}. */
@Command(
    name = "export",
    description = {
      "Prints items as NDJSON, sorted by the bytes of their ids.",
      "",
      "One object a line, {\"id\":…,\"content\":…}, the content's bytes just as they stand there."
          + " Content that is not one line of JSON is contentBase64; import takes both."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} export org.mdn.bcd.api | gzip > api.ndjson.gz",
      "  ${ROOT-COMMAND-NAME} export | head -1"
    })
final class ExportCommand extends EngineCommand {
  static final String PREFIX =
      "A dotted subtree: a.b is the id a.b and all ids that start with a.b. (with a trailing dot"
          + " a.b itself is left out); everything by default.";

  @Parameters(paramLabel = "PREFIX", arity = "0..1", defaultValue = "", description = PREFIX)
  private String prefix;

  ExportCommand() {}

  @Override
  public Integer call() {
    prefix(prefix);
    NdjsonWriter writer = new NdjsonWriter(output());
    AtomicLong written = new AtomicLong();
    Progress.Work work = new Progress.Work("export", "items", written::get, () -> 0, 0);
    try (Session session = openToRead();
        Stream<SyncItem> items = session.engine().scan(prefix)) {
      Runnable export =
          () ->
              items.forEachOrdered(
                  item -> {
                    writer.writeLine(item);
                    written.incrementAndGet();
                  });
      if (messages().launch().out() == Launch.Out.TERMINAL) {
        export.run(); // the items run by, and would run over a bar
      } else {
        showing(work, export);
      }
      output().flush();
    }
    return ExitCodes.DONE;
  }
}
