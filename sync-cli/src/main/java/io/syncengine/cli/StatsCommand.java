// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.EngineStats;
import io.syncengine.model.SyncItem;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code sync stats}. */
@Command(
    name = "stats",
    description = {
      "Counts the items and prints the engine's figures.",
      "",
      "items and contentBytes are counted by reading every item once. The others are the figures of"
          + " the engine that this command has just started: what waits in the log is the store's,"
          + " what counts events begins at zero."
    },
    footer = "  ${ROOT-COMMAND-NAME} stats --json")
final class StatsCommand extends EngineCommand {
  StatsCommand() {}

  @Override
  public Integer call() {
    try (Session session = openToRead()) {
      SyncEngine engine = session.engine();
      Map<String, Object> facts = new LinkedHashMap<>();
      try (Stream<SyncItem> items = engine.scan("")) {
        long[] sums = new long[2];
        items.forEachOrdered(
            item -> {
              sums[0]++;
              sums[1] += item.contentLength();
            });
        facts.put("items", sums[0]);
        facts.put("contentBytes", sums[1]);
      }
      EngineStats stats = engine.stats();
      for (RecordComponent component : EngineStats.class.getRecordComponents()) {
        Object value = value(component, stats);
        if (value instanceof Duration d) {
          facts.put(component.getName() + "Millis", d.toMillis());
        } else {
          facts.put(component.getName(), value);
        }
      }
      output().result(facts, Facts.lines(facts));
    }
    return ExitCodes.DONE;
  }

  private static Object value(RecordComponent component, EngineStats stats) {
    try {
      return component.getAccessor().invoke(stats);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record's accessor is public", e);
    }
  }
}
