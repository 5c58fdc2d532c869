// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code sync ingest} and {@code sync import} are: one road, and two forms of lines. */
abstract class LoadCommand extends EngineCommand {
  @Parameters(paramLabel = "FILE", description = "The file, plain or gzip; - is stdin.")
  private String file;

  @Option(
      names = "--mirror",
      paramLabel = "PREFIX",
      description =
          "At the end, if no line was refused, delete the stored items of this dotted subtree that"
              + " the input lacks.")
  private @Nullable String mirror;

  @Option(names = "--yes", description = "Let --mirror delete more than half of the subtree.")
  private boolean yes;

  @Option(names = "--ack", paramLabel = "LEVEL", description = AckLevel.DESCRIPTION)
  private @Nullable Ack ack;

  @Option(names = "--dry-run", description = "Say what would be done and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Give up (4) when nothing was accepted for so long. Default: 60.")
  private long patience;

  private final String verb;
  private final LineForm form;
  private final IngestCounts counts = new IngestCounts();

  LoadCommand(String verb, LineForm form) {
    this.verb = verb;
    this.form = form;
  }

  @Override
  public final Integer call() {
    if (patience < 1) {
      throw CommandException.usage("--patience is " + patience, "give 1 or more seconds");
    }
    Ingest.@Nullable Mirror subtree =
        mirror == null ? null : new Ingest.Mirror(prefix(mirror), yes);
    Map<String, String> properties = properties();
    Ack level = AckLevel.of(ack, properties);
    try (CountedInput input = CountedInput.open(file);
        NdjsonReader reader = new NdjsonReader(input, form);
        Session session = openSession(properties)) {
      load(input, reader, session, level, subtree);
    } catch (IOException e) {
      throw CommandException.unreadable(file, e, "name a file that can be read, or - for stdin");
    }
    return counts.refused() == 0 ? ExitCodes.DONE : partlyRefused();
  }

  private void load(
      CountedInput input,
      NdjsonReader reader,
      Session session,
      Ack level,
      Ingest.@Nullable Mirror subtree) {
    long start = System.nanoTime();
    session.account(counts);
    Sink sink = dryRun ? new DryRun(counts) : pipeline(session, level);
    DrainReport drained;
    Ingest ingest = new Ingest(session.engine(), sink, counts, this::refused, subtree);
    try {
      showing(Progress.Work.over(input, verb, "lines", counts::lines), () -> ingest.run(reader));
    } finally {
      drained = session.drain();
      if (!messages().interrupted()) {
        print(System.nanoTime() - start, drained);
      }
    }
    Drained.requireNothingLost(drained);
  }

  private Session openSession(Map<String, String> properties) {
    if (!dryRun) {
      return openToWrite(properties);
    }
    if (StoreFiles.of(properties).neverWritten().isEmpty()) {
      return openToRead(properties);
    }
    return openToRead(new LinkedHashMap<>(Map.of("sql_url", "memory:"))); // nothing is stored yet
  }

  private Sink pipeline(Session session, Ack level) {
    Duration limit = Duration.ofSeconds(patience);
    return new WritePipeline(
        WritePipeline.into(session.engine(), level), limit, counts, this::refused);
  }

  private void refused(long line, @Nullable String id, String why) {
    counts.refusedLine();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", id);
    facts.put("line", line);
    messages().error("RefusedLine", "line " + line + " refused: " + why, facts, null);
  }

  private void print(long nanos, DrainReport drained) {
    Map<String, Object> facts = new LinkedHashMap<>(counts.facts());
    facts.put("millis", nanos / 1_000_000);
    facts.put("dryRun", dryRun);
    facts.putAll(Drained.facts(drained));
    String text =
        (dryRun ? "dry run, nothing written: " : "")
            + counts.text()
            + "; "
            + Facts.seconds(nanos)
            + ", "
            + Facts.rate(counts.lines(), nanos)
            + (dryRun ? "" : "; " + Drained.text(drained));
    output().result(facts, text);
  }

  private int partlyRefused() {
    if (mirror != null) {
      messages().error("NotMirrored", "nothing was deleted, since lines were refused");
    }
    return ExitCodes.PARTLY_REFUSED;
  }
}
