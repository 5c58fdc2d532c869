// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sync ingest}. */
@Command(
    name = "ingest",
    description = "Stores items from NDJSON, plain or gzip.",
    footer = {
      "",
      "A line is an object with id and content (or contentBase64), in any order, and",
      "nothing else. What is stored is the content's JSON, byte for byte as it stands",
      "in the line; content that is stored already is not written again. If an id",
      "comes twice, the later line wins. A bad line is named on stderr and the rest",
      "goes on (exit code 3). A line has at most 64 MiB.",
      "",
      "Examples:",
      "  sync ingest items.ndjson.gz",
      "  sync ingest items.ndjson.gz --mirror org.mdn.bcd",
      "  curl https://example.org/items | sync ingest - --ack persisted"
    })
final class IngestCommand extends EngineCommand {
  @Parameters(paramLabel = "FILE", description = "The file; - is stdin.")
  private String file;

  @Option(
      names = "--mirror",
      paramLabel = "PREFIX",
      description =
          "At the end, if no line was refused, delete the stored items of this dotted subtree that"
              + " the input lacks.")
  private String mirror;

  @Option(names = "--yes", description = "Let --mirror delete more than half of the subtree.")
  private boolean yes;

  @Option(names = "--ack", paramLabel = "LEVEL", description = AckLevel.DESCRIPTION)
  private Ack ack;

  @Option(names = "--dry-run", description = "Say what would be done and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Give up (4) when nothing was accepted for so long. Default: 60.")
  private int patience;

  private final IngestCounts counts = new IngestCounts();

  IngestCommand() {}

  @Override
  public Integer call() {
    if (patience < 1) {
      throw CommandException.usage("--patience is " + patience, "give 1 or more seconds");
    }
    Ingest.Mirror subtree = mirror == null ? null : new Ingest.Mirror(prefix(mirror), yes);
    Map<String, String> properties = properties();
    Ack level = AckLevel.of(ack, properties);
    long start = System.nanoTime();
    try (NdjsonReader reader = open();
        Session session = openSession(properties)) {
      session.progress(counts::text);
      Sink sink = dryRun ? new DryRun(counts) : pipeline(session, level);
      DrainReport drained;
      try {
        new Ingest(session.engine(), sink, counts, this::refused, subtree).run(reader);
      } finally {
        drained = session.drain();
        if (!output().interrupted()) {
          print(System.nanoTime() - start, drained);
        }
      }
      Drained.requireNothingLost(drained);
    } catch (IOException e) {
      throw unreadable(e);
    }
    return counts.refused() == 0 ? ExitCodes.DONE : partlyRefused();
  }

  private NdjsonReader open() throws IOException {
    if (file.equals("-")) {
      return new NdjsonReader(System.in);
    }
    if (Files.isDirectory(Path.of(file))) {
      throw new IOException("it is a folder");
    }
    InputStream in = Files.newInputStream(Path.of(file));
    try {
      return new NdjsonReader(in);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private Session openSession(Map<String, String> properties) {
    if (!dryRun) {
      return openToWrite(properties);
    }
    if (StoreFiles.of(properties).map(StoreFiles::exist).orElse(true)) {
      return openToRead(properties);
    }
    return openToRead(new LinkedHashMap<>(Map.of("sql_url", "memory:"))); // nothing is stored yet
  }

  private Sink pipeline(Session session, Ack level) {
    Duration limit = Duration.ofSeconds(patience);
    return new WritePipeline(
        WritePipeline.into(session.engine(), level), limit, counts, this::refused);
  }

  private void refused(long line, String why) {
    counts.refusedLine();
    output().error("RefusedLine", "line " + line + " refused: " + why, Map.of("line", line));
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
      output().error("NotMirrored", "nothing was deleted, since lines were refused");
    }
    return ExitCodes.PARTLY_REFUSED;
  }

  private CommandException unreadable(IOException e) {
    String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
    return new CommandException(
        ExitCodes.USAGE,
        "Unreadable",
        "cannot read " + file + " (" + why + ")",
        "name a file that can be read, or - for stdin",
        e);
  }
}
