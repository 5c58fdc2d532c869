// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The steps of {@code sync demo}, each with a line that says what happened. */
final class Demo {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final DemoCommand command;
  private final Map<String, String> properties;
  private final Map<String, Object> facts = new LinkedHashMap<>();
  private final Set<String> removed = new HashSet<>();
  private boolean equal = true;

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
    try (Session session = command.openToWrite(properties)) {
      ingest(session, DemoData.FIRST);
      ids(session.engine(), removed);
      ingest(session, DemoData.SECOND);
      close(session);
    }
    try (Session session = command.openToRead(properties)) {
      say("Opened again with an empty memory tier: " + session.engine().health().groundTruth());
      compare(session.engine(), "Read back", ReadOption.SKIP_L1);
      compare(session.engine(), "Read again");
      compareIds(session.engine());
    }
    return equal;
  }

  /** What happened, for {@code --json}. */
  Map<String, Object> facts() {
    facts.put("equal", equal);
    return facts;
  }

  private void ingest(Session session, DemoData data) {
    IngestCounts counts = new IngestCounts();
    session.progress(counts::text);
    WritePipeline pipeline =
        new WritePipeline(
            WritePipeline.into(session.engine(), Ack.LOGGED), PATIENCE, counts, Demo::refused);
    long start = System.nanoTime();
    long acknowledged;
    try (NdjsonReader reader = data.open()) {
      Ingest.Mirror mirror = new Ingest.Mirror(DemoData.PREFIX, false);
      new Ingest(session.engine(), pipeline, counts, Demo::refused, mirror).run(reader);
      acknowledged = System.nanoTime() - start;
      session.engine().flush(PATIENCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long stored = System.nanoTime() - start;
    long writes = counts.added() + counts.changed() + counts.deleted();
    facts.put(data.release(), counts.facts());
    say(
        String.format(
            "Release %s, %s; %s writes logged on disk in %s (%s), in SQLite after %s (%s)",
            data.release(),
            counts.text(),
            Facts.count(writes),
            Facts.seconds(acknowledged),
            Facts.rate(writes, acknowledged),
            Facts.seconds(stored),
            Facts.rate(writes, stored)));
  }

  private static void refused(long line, String why) {
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

  private void compare(SyncEngine engine, String title, ReadOption... options) {
    Map<Source, Long> sources = new EnumMap<>(Source.class);
    long same = 0;
    long different = 0;
    long nanos = 0;
    try (NdjsonReader reader = DemoData.SECOND.open()) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        long start = System.nanoTime();
        ReadResult answer = engine.read(line.id(), options);
        nanos += System.nanoTime() - start;
        sources.merge(answer.source(), 1L, Long::sum);
        if (answer.item().isPresent() && isSame(answer.item().get(), line)) {
          same++;
        } else {
          different++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    equal &= different == 0;
    record(title, same, different, sources);
    say(
        String.format(
            "%s %s items: %s equal the file, %s differ; answered by %s; %s",
            title,
            Facts.count(same + different),
            Facts.count(same),
            Facts.count(different),
            sources,
            Facts.rate(same + different, nanos)));
  }

  private void record(String title, long same, long different, Map<Source, Long> sources) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("equal", same);
    step.put("different", different);
    step.put("answeredBy", sources);
    facts.put(title, step);
  }

  /** Compares the ids of the store with those of the second release, which the first one lacks. */
  private void compareIds(SyncEngine engine) {
    Set<String> expected = new HashSet<>();
    try (NdjsonReader reader = DemoData.SECOND.open()) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        expected.add(line.id());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Set<String> stored = new HashSet<>();
    ids(engine, stored);
    removed.removeAll(expected);
    long left = removed.stream().filter(engine::contains).count();
    equal &= stored.equals(expected) && left == 0;
    facts.put("stored", stored.size());
    facts.put("removed", removed.size());
    facts.put("removedLeft", left);
    say(
        String.format(
            "%s items are stored; of the %s that release %s has removed, %s are left",
            Facts.count(stored.size()),
            Facts.count(removed.size()),
            DemoData.SECOND.release(),
            left == 0 ? "none" : Facts.count(left)));
  }

  private static void ids(SyncEngine engine, Set<String> into) {
    try (Stream<SyncItem> items = engine.scan("")) {
      items.map(SyncItem::id).forEachOrdered(into::add);
    }
  }

  private static boolean isSame(SyncItem item, ItemLine line) {
    return item.id().equals(line.id()) && java.util.Arrays.equals(item.content(), line.content());
  }

  private void say(String text) {
    if (!command.json()) {
      command.output().line(text);
      command.output().flush();
    }
  }
}
