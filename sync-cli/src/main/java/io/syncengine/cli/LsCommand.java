// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.SyncItem;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sync ls}. */
@Command(
    name = "ls",
    description = {
      "Lists the ids of items, sorted by their bytes.",
      "",
      "One id a line. With -l before it the size of the content in bytes, when the item was"
          + " accepted (UTC), and its version. With --json an object a line with id, bytes,"
          + " updatedAt and version. No item under the prefix is an empty list (0)."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} ls org.mdn.bcd.api --limit 10",
      "  ${ROOT-COMMAND-NAME} ls -l | sort -n | tail -3"
    })
final class LsCommand extends EngineCommand {
  @Parameters(
      paramLabel = "PREFIX",
      arity = "0..1",
      defaultValue = "",
      description = ExportCommand.PREFIX)
  private String prefix;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after so many.")
  private @Nullable Long limit;

  @Option(
      names = {"-l", "--long"},
      description = "Also size, time and version.")
  private boolean details;

  LsCommand() {}

  @Override
  public Integer call() {
    prefix(prefix);
    if (limit != null && limit < 1) {
      throw CommandException.usage("--limit is " + limit, "give 1 or more");
    }
    try (Session session = openToRead();
        Stream<SyncItem> items = session.engine().scan(prefix)) {
      items
          .limit(limit == null ? Long.MAX_VALUE : limit)
          .forEachOrdered(item -> output().line(text(item)));
      output().flush();
    }
    return ExitCodes.DONE;
  }

  private String text(SyncItem item) {
    if (json()) {
      return JsonText.object(facts(item));
    }
    if (!details) {
      return item.id();
    }
    return String.format(
        Locale.ROOT,
        "%10d  %s  %d  %s",
        item.contentLength(),
        item.updatedAt().truncatedTo(ChronoUnit.SECONDS),
        item.version(),
        item.id());
  }

  private static Map<String, Object> facts(SyncItem item) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", item.id());
    facts.put("bytes", item.contentLength());
    facts.put("updatedAt", item.updatedAt());
    facts.put("version", item.version());
    return facts;
  }
}
