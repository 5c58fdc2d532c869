// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Source;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Every item of a release read from an engine and compared with the file, byte for byte. */
final class Comparison {
  private final SyncEngine engine;
  private final ReadOption[] options;
  private final Map<Source, Latencies> sources = new EnumMap<>(Source.class);
  private final AtomicLong items = new AtomicLong();
  private long same;
  private long different;
  private long nanos;

  /**
   * Makes a comparison that has read nothing yet.
   *
   * @param engine where items are read
   * @param options how
   */
  Comparison(SyncEngine engine, ReadOption... options) {
    this.engine = engine;
    this.options = options;
  }

  /**
   * Reads and compares, one item after the other.
   *
   * @param expected what is expected
   */
  void run(NdjsonReader expected) {
    for (ItemLine line = expected.next(); line != null; line = expected.next()) {
      long start = System.nanoTime();
      ReadResult answer = engine.read(line.id(), options);
      long took = System.nanoTime() - start;
      nanos += took;
      sources.computeIfAbsent(answer.source(), source -> new Latencies()).add(took);
      add(line, answer);
      items.incrementAndGet();
    }
  }

  /** How many items have been compared; may be asked for by any thread. */
  long items() {
    return items.get();
  }

  private void add(ItemLine line, ReadResult answer) {
    boolean equal =
        answer
            .item()
            .filter(item -> item.id().equals(line.id()))
            .filter(item -> Arrays.equals(item.content(), line.content()))
            .isPresent();
    if (equal) {
      same++;
    } else {
      different++;
    }
  }

  /** Whether every item was there and the same. */
  boolean equal() {
    return different == 0 && same > 0;
  }

  /** The result for {@code --json}. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("equal", same);
    facts.put("different", different);
    Map<String, Object> by = new LinkedHashMap<>();
    sources.forEach((source, latencies) -> by.put(source.name(), latencies.facts()));
    facts.put("answeredBy", by);
    return facts;
  }

  /** The result in one line. */
  String text(String title) {
    StringBuilder by = new StringBuilder();
    sources.forEach(
        (source, latencies) ->
            by.append(by.isEmpty() ? "" : ", ")
                .append(source)
                .append(' ')
                .append(latencies.text()));
    return title
        + ": "
        + Facts.count(same + different)
        + " items: "
        + Facts.count(same)
        + " equal the file, "
        + Facts.count(different)
        + " differ; answered by "
        + by
        + "; "
        + Facts.rate(same + different, nanos);
  }
}
