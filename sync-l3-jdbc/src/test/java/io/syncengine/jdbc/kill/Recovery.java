// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.jdbc.JdbcTierProvider;
import io.syncengine.jdbc.kill.Ledger.Found;
import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Opens a store whose writer was killed and compares what it holds with what was promised. */
final class Recovery {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final Scenario scenario;
  private final Path folder;
  private final Ledger ledger;
  private final List<String> ids;

  Recovery(Scenario scenario, Path folder, Ledger ledger) {
    this.scenario = scenario;
    this.folder = folder;
    this.ledger = ledger;
    this.ids = new Workload(scenario).ids();
  }

  /**
   * Checks what the ground truth holds by itself, on a copy, so that the next engine finds it as
   * the kill has left it; returns how many ids it is behind with.
   */
  long inspect() throws IOException {
    Path copy = Files.createTempDirectory(folder, "copy");
    for (String name : List.of("l3.db", "l3.db-wal")) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), copy.resolve(name));
      }
    }
    long[] behind = new long[1];
    withTier(
        copy,
        tier -> {
          Map<String, Entry> rows = tier.load(ids).found();
          for (String id : ids) {
            Found found = found(rows.get(id));
            ledger.check(id, found, Ack.PERSISTED, "the ground truth after the kill");
            behind[0] += ledger.isBehind(id, found) ? 1 : 0;
          }
          checkChanges((ChangeLog) tier, rows);
        });
    return behind[0];
  }

  /** Starts on the log, flushes, closes, and starts without the log, and checks each time. */
  void verify(FailPoints failPoints) throws IOException {
    try (SyncEngine engine = SyncEngine.open(scenario.config(folder, true, failPoints))) {
      check(engine, "after the restart");
      DrainReport report = engine.flush(BOUND);
      assertThat(report.complete()).as("flush after the restart: %s", report).isTrue();
      check(engine, "after the flush");
    }
    try (SyncEngine engine = SyncEngine.open(scenario.config(folder, false, FailPoints.OFF))) {
      check(engine, "without the log");
      checkScan(engine);
    }
    assertThat(inspect()).as("ids behind after the flush").isZero();
  }

  private void check(SyncEngine engine, String where) {
    for (String id : ids) {
      ReadResult read = known(engine, id);
      String content = read.item().map(SyncItem::contentAsString).orElse(null);
      Found found = read.revision().map(r -> new Found(r.version(), content)).orElse(null);
      ledger.check(id, found, Ack.LOGGED, where);
    }
    Map<String, SyncItem> all = engine.getAll(ids);
    all.forEach(
        (id, item) ->
            ledger.check(id, new Found(item.version(), item.contentAsString()), Ack.LOGGED, where));
    for (String id : ids) {
      boolean there = engine.contains(id);
      assertThat(all.containsKey(id))
          .as("%s, %s: %s in getAll", where, scenario, id)
          .isEqualTo(there);
    }
  }

  /** Of what the filter says is absent, the ground truth has to say so too, and by which delete. */
  private static ReadResult known(SyncEngine engine, String id) {
    ReadResult read = engine.read(id);
    if (read.source() != Source.FILTER) {
      return read;
    }
    ReadResult sure = engine.read(id, ReadOption.VERIFY);
    assertThat(sure.item()).as("%s, which the filter said is absent", id).isEmpty();
    return sure;
  }

  private void checkScan(SyncEngine engine) {
    assertThat(engine.scan("").map(SyncItem::id))
        .containsExactlyInAnyOrderElementsOf(engine.getAll(ids).keySet());
  }

  private static Found found(Entry entry) {
    return entry == null
        ? null
        : new Found(entry.version(), entry.tombstone() ? null : entry.toItem().contentAsString());
  }

  /** The change log is dense, no id goes back in it, and its end is what the rows hold. */
  private void checkChanges(ChangeLog log, Map<String, Entry> rows) {
    Map<String, Revision> last = new HashMap<>();
    ChangePage page = log.poll(1, Integer.MAX_VALUE);
    long expected = 1;
    for (ChangeRow row : page.rows()) {
      assertThat(row.sequence()).as("change sequence, %s", scenario).isEqualTo(expected++);
      for (Change change : row.changes()) {
        Revision before = last.put(change.id(), change.revision());
        assertThat(change.before()).as(change.id()).isEqualTo(Before.of(before).state());
        assertThat(change.revision().isAbove(before)).as("%s went back", change.id()).isTrue();
      }
    }
    assertThat(page.head()).as("head").isEqualTo(expected - 1);
    Map<String, Revision> held = new HashMap<>();
    rows.forEach((id, entry) -> held.put(id, entry.revision()));
    assertThat(held).as("rows and changes, %s", scenario).isEqualTo(last);
  }

  private static void withTier(Path folder, Consumer<Tier> work) {
    Tier tier = new JdbcTierProvider().create();
    tier.open(TestTierConfig.defaults().withUrl("sqlite:" + folder.resolve("l3.db")));
    try {
      work.accept(tier);
    } finally {
      tier.close();
    }
  }
}
