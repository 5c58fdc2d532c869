// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import io.syncengine.model.ReadOption;
import io.syncengine.model.SyncItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The steps of {@code sync demo}, each with a line that says what happened. */
final class Demo {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final DemoCommand command;
  private final Map<String, String> properties;
  private final Map<String, Object> facts = new LinkedHashMap<>();

  Demo(DemoCommand command, Map<String, String> properties) {
    this.command = command;
    this.properties = properties;
  }

  /**
   * Runs all steps.
   *
   * @return whether everything is as the file says
   */
  boolean run() {
    Set<String> first;
    try (Session session = command.openToWrite(properties)) {
      ingest(session, DemoData.FIRST);
      first = ids(session.engine());
      ingest(session, DemoData.SECOND);
      close(session);
    }
    try (Session session = command.openToWrite(properties)) {
      say(
          "Opened again, nothing in memory; ground truth: "
              + session.engine().health().groundTruth());
      boolean equal = compare(session.engine(), "Read back", ReadOption.SKIP_L1);
      equal &= compare(session.engine(), "Read again");
      equal &= compareIds(session.engine(), first);
      facts.put("equal", equal);
      return equal;
    }
  }

  /** What happened, for {@code --json}. */
  Map<String, Object> facts() {
    return facts;
  }

  private void ingest(Session session, DemoData data) {
    IngestCounts counts = new IngestCounts();
    session.account(counts);
    long start = System.nanoTime();
    long logged;
    try (CountedInput input = data.open();
        NdjsonReader reader = new NdjsonReader(input, LineForm.JSON)) {
      Sink sink =
          new WritePipeline(
              WritePipeline.into(session.engine(), Ack.LOGGED), PATIENCE, counts, Demo::refused);
      Ingest.@Nullable Mirror mirror =
          data == DemoData.FIRST ? null : new Ingest.Mirror(DemoData.PREFIX, false);
      Ingest ingest = new Ingest(session.engine(), sink, counts, Demo::refused, mirror);
      String verb = "ingest " + data.release();
      command.showing(
          Progress.Work.over(input, verb, "lines", counts::lines), () -> ingest.run(reader));
      logged = System.nanoTime() - start;
      session.engine().flush(PATIENCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long stored = System.nanoTime() - start;
    facts.put(data.release(), counts.facts());
    say("Release " + data.release() + ", " + counts.text());
    long writes = counts.added() + counts.changed() + counts.deleted();
    say("  logged on disk: " + rate(writes, logged) + "; in SQLite: " + rate(writes, stored));
  }

  private static String rate(long count, long nanos) {
    return Facts.count(count)
        + " writes in "
        + Facts.seconds(nanos)
        + " ("
        + Facts.rate(count, nanos)
        + ")";
  }

  private static void refused(long line, @Nullable String id, String why) {
    throw new CommandException(
        ExitCodes.PARTLY_REFUSED,
        "Refused",
        "line " + line + " was refused: " + why,
        "report this");
  }

  private void close(Session session) {
    DrainReport drained = session.drain();
    Drained.requireNothingLost(drained);
    facts.put("close", Drained.facts(drained));
    say("Closed: " + Drained.text(drained));
  }

  private boolean compare(SyncEngine engine, String title, ReadOption... options) {
    Comparison comparison = new Comparison(engine, options);
    try (CountedInput input = DemoData.SECOND.open();
        NdjsonReader reader = new NdjsonReader(input, LineForm.JSON)) {
      command.showing(
          Progress.Work.over(input, title.toLowerCase(Locale.ROOT), "items", comparison::items),
          () -> comparison.run(reader));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    facts.put(title, comparison.facts());
    say(comparison.text(title));
    return comparison.equal();
  }

  /** Whether the store has the ids of the second release and no other, by scan and by read. */
  private boolean compareIds(SyncEngine engine, Set<String> first) {
    Set<String> expected = DemoData.SECOND.ids();
    Set<String> stored = ids(engine);
    Set<String> removed = new HashSet<>(first);
    removed.removeAll(expected);
    long left = removed.stream().filter(engine::contains).count();
    facts.put("stored", stored.size());
    facts.put("removed", removed.size());
    facts.put("removedLeft", left);
    say(
        Facts.count(stored.size())
            + " items are stored; of the "
            + removed.size()
            + " that release "
            + DemoData.SECOND.release()
            + " has removed, "
            + (left == 0 ? "none is left" : left + " are left"));
    return stored.equals(expected) && left == 0;
  }

  private static Set<String> ids(SyncEngine engine) {
    Set<String> ids = new HashSet<>();
    try (Stream<SyncItem> items = engine.scan("")) {
      items.map(SyncItem::id).forEachOrdered(ids::add);
    }
    return ids;
  }

  private void say(String text) {
    if (!command.json()) {
      command.output().line(text);
      command.output().flush();
    }
  }
}
