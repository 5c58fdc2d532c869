// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code sync verify}. */
@Command(
    name = "verify",
    description = {
      "Compares the tiers and prints what differs; changes nothing.",
      "",
      "Redis with the ground truth, or with --against the ground truth with another database."
          + " What Redis lacks is no difference. Each difference is a line: which side is wrong"
          + " (L2, L3, other), how, the id, the revision there and the one that belongs there. Works"
          + " beside a running engine; writes on their way are no differences. Exit code 1: there"
          + " are differences; 4: a tier cannot be asked."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} verify --deep",
      "  ${ROOT-COMMAND-NAME} verify org.mdn.bcd.api --against sqlite:backup.db"
    })
final class VerifyCommand extends CompareCommand {
  VerifyCommand() {}

  @Override
  public Integer call() {
    VerifyOptions asked = comparison();
    Map<String, String> properties = properties();
    requireStored(properties);
    requireSomethingToCompare(asked, properties);
    try (Session session = openToRead(properties)) {
      SyncEngine engine = session.engine();
      VerifyReport report = report(() -> engine.verify(asked));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("compared", compared(engine, asked));
      facts.putAll(Findings.facts(report));
      output()
          .result(
              facts,
              "compared "
                  + facts.get("compared")
                  + "\n"
                  + String.join("\n", Findings.lines(report)));
      return report.equal() ? ExitCodes.DONE : ExitCodes.NO;
    }
  }
}
