// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.EngineStats;
import io.syncengine.model.Health;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.ItemStatus.State;
import io.syncengine.model.Pressure;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sync status}. */
@Command(
    name = "status",
    description = {
      "Says how the store is, or where an item stands in each tier.",
      "",
      "With an ID: exit code 1 if no tier holds it, 4 if a tier that would know cannot be asked."
          + " Without: exit code 4 if the store does not serve."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} status",
      "  ${ROOT-COMMAND-NAME} status org.mdn.bcd.api.Crypto"
    })
final class StatusCommand extends EngineCommand {
  private static final Set<State> HELD = EnumSet.of(State.LIVE, State.PENDING);

  @Parameters(paramLabel = "ID", arity = "0..1", description = "The item's id.")
  private @Nullable String id;

  StatusCommand() {}

  @Override
  public Integer call() {
    try (Session session = openToRead()) {
      return id == null ? store(session.engine()) : item(session.engine(), id);
    }
  }

  private int store(SyncEngine engine) {
    Health health = engine.health();
    Pressure pressure = engine.pressure();
    EngineStats stats = engine.stats();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("status", health.status());
    facts.put("groundTruth", health.groundTruth());
    facts.put("reasons", health.reasons());
    facts.put("pressure", pressure.value());
    facts.put("level", pressure.level());
    facts.put("pending", stats.pendingItems());
    facts.put("logBytes", stats.logBytes());
    facts.put("deadLetters", engine.deadLetters().count());
    output().result(facts, Facts.lines(facts));
    return health.status() == Health.Status.DOWN ? ExitCodes.UNAVAILABLE : ExitCodes.DONE;
  }

  private int item(SyncEngine engine, String asked) {
    ItemStatus status = engine.status(argument(asked));
    Map<String, Object> facts = new LinkedHashMap<>();
    for (ItemStatus.TierStatus tier : status.tiers()) {
      String revision = tier.revision().map(r -> " " + r).orElse("");
      facts.put(tier.source().name(), tier.state() + revision);
    }
    status.deadLetter().map(DeadLetter::reason).ifPresent(r -> facts.put("DEAD_LETTER", r));
    output().result(facts, Facts.lines(facts));
    return exitCode(status.tiers().stream().map(ItemStatus.TierStatus::state).toList());
  }

  private static int exitCode(List<State> states) {
    if (states.stream().anyMatch(HELD::contains)) {
      return ExitCodes.DONE;
    }
    return states.contains(State.UNKNOWN) ? ExitCodes.UNAVAILABLE : ExitCodes.NO;
  }
}
