// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sync repair}. */
@Command(
    name = "repair",
    description = {
      "Compares the tiers and puts right what differs.",
      "",
      "What Redis holds and the ground truth does not is deleted in Redis. With --against the"
          + " higher revision wins, deletes included, and is written into the database that lacks"
          + " it: into either of the two. With --deep damaged rows and wrong digests are put right."
          + " Works beside a running engine: nothing newer is lost, and run again it changes"
          + " nothing. It gives old rows up as the engine does, so give it the same --config. Exit"
          + " code 1: something is left; it says why and what to do."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} repair --deep --dry-run",
      "  ${ROOT-COMMAND-NAME} repair --deep --against sqlite:backup.db",
      "  ${ROOT-COMMAND-NAME} repair --from-l2 --redis-url redis://127.0.0.1:6379"
    })
final class RepairCommand extends CompareCommand {
  @Option(names = "--dry-run", description = "Say what would be repaired, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--from-l2",
      description = "Restore rows that are damaged or lost from what Redis has; implies --deep.")
  private boolean fromL2;

  RepairCommand() {}

  @Override
  public Integer call() {
    VerifyOptions asked = comparison().withDryRun(dryRun).withFromL2(fromL2);
    Map<String, String> properties = properties();
    requireUsable(asked, properties);
    try (Session session = dryRun ? openToRead(properties) : openToRepair(properties)) {
      SyncEngine engine = session.engine();
      VerifyReport report = report(() -> engine.repair(asked));
      print(report, compared(engine, asked));
      return report.healed() ? ExitCodes.DONE : ExitCodes.NO;
    }
  }

  private void requireUsable(VerifyOptions asked, Map<String, String> properties) {
    Map<String, String> withoutLog = new LinkedHashMap<>(properties);
    withoutLog.remove("wal_path");
    requireStored(withoutLog); // what is in the log alone is nothing to be repaired
    requireSomethingToCompare(asked, properties);
    if (fromL2 && asked.against().isPresent()) {
      throw CommandException.usage(
          "with --against Redis is not looked at", "give --from-l2 in a run of its own");
    }
    if (fromL2 && !properties.containsKey("redis_url")) {
      throw CommandException.usage("--from-l2 needs Redis", "give --redis-url");
    }
  }

  private void print(VerifyReport report, String compared) {
    List<String> left = Findings.left(report);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("dryRun", dryRun);
    facts.put("compared", compared);
    facts.putAll(Findings.facts(report));
    facts.put("left", left);
    List<String> lines = new ArrayList<>();
    lines.add((dryRun ? "dry run, nothing written: " : "") + "compared " + compared);
    lines.addAll(Findings.lines(report));
    lines.addAll(left);
    output().result(facts, String.join("\n", lines));
  }
}
