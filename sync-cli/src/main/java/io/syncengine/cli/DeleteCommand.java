// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.DrainReport;
import io.syncengine.model.ItemId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sync delete}. */
@Command(
    name = "delete",
    description = "Deletes items; an absent id is no error.",
    footer = "  ${ROOT-COMMAND-NAME} delete org.mdn.bcd.api.Crypto org.mdn.bcd.api.crypto")
final class DeleteCommand extends EngineCommand {
  @Parameters(paramLabel = "ID", arity = "1..*", description = "The ids of the items.")
  private List<String> ids;

  @Option(names = "--ack", paramLabel = "LEVEL", description = AckLevel.DESCRIPTION)
  private @Nullable Ack ack;

  DeleteCommand() {}

  @Override
  public Integer call() {
    Set<String> distinct = new LinkedHashSet<>();
    ids.forEach(id -> distinct.add(ItemId.requireValid(argument(id))));
    Map<String, String> properties = properties();
    requireStored(properties);
    Ack level = AckLevel.of(ack, properties);
    try (Session session = openToWrite(properties)) {
      SyncEngine engine = session.engine();
      int present = engine.getAll(distinct).size();
      BatchResult result = engine.deleteAll(distinct, level);
      result
          .firstFailure()
          .ifPresent(
              failure -> {
                throw failure;
              });
      DrainReport drained = session.drain();
      Drained.requireNothingLost(drained);
      print(present, distinct.size() - present, drained);
    }
    return ExitCodes.DONE;
  }

  private void print(int deleted, int absent, DrainReport drained) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("deleted", deleted);
    facts.put("absent", absent);
    facts.putAll(Drained.facts(drained));
    String text = deleted + " deleted" + (absent == 0 ? "" : ", " + absent + " were absent");
    output().result(facts, text + "; " + Drained.text(drained));
  }
}
