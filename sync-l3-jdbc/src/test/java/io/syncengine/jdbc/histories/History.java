// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.jdbc.histories.Read.Answer;
import io.syncengine.model.Ack;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What several instances were asked and answered, as {@link HistoryFile} writes it. A write begins
 * with a line and ends with another one; a read is one line for each id.
 *
 * <pre>
 * W call begin id hash                          a write is called; without a hash it is a delete
 * A call end revision level                     it is acknowledged
 * X call end                                    it is refused
 * R call begin end id answer revision source fresh
 * </pre>
 */
final class History {
  static final String NONE = "-";

  private final List<Write> writes = new ArrayList<>();
  private final List<Read> reads = new ArrayList<>();
  private long calls;

  List<Write> writes() {
    return writes;
  }

  List<Read> reads() {
    return reads;
  }

  /** Calls that ended, and writes that did not; one of several ids counts once. */
  long calls() {
    return calls;
  }

  /** All calls that concern an id, in the order in which they began. */
  String of(String id) {
    Map<Long, String> calls = new TreeMap<>();
    writes.stream()
        .filter(write -> write.id().equals(id))
        .forEach(write -> calls.merge(write.begin(), write.toString(), History::lines));
    reads.stream()
        .filter(read -> read.id().equals(id))
        .forEach(read -> calls.merge(read.begin(), read.toString(), History::lines));
    return String.join("\n", calls.values());
  }

  private static String lines(String one, String other) {
    return one + '\n' + other;
  }

  /** Takes in what an instance has written; a last line that is not whole is left out. */
  void add(Life by, Path file) throws IOException {
    String text = Files.readString(file);
    Map<Long, Write> called = new HashMap<>();
    long lastRead = -1;
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      String[] parts = line.split(" ");
      switch (parts[0]) {
        case "W" -> {
          called.put(Long.parseLong(parts[1]), write(by, parts));
          calls++;
        }
        case "A" ->
            writes.add(
                ended(called.remove(Long.parseLong(parts[1])), parts[2], parts[3], parts[4]));
        case "X" ->
            writes.add(ended(called.remove(Long.parseLong(parts[1])), parts[2], NONE, NONE));
        case "R" -> {
          reads.add(read(by, parts));
          long call = Long.parseLong(parts[1]);
          calls += call == lastRead ? 0 : 1;
          lastRead = call;
        }
        default -> throw new IOException("not a line of a history: " + line);
      }
    }
    writes.addAll(called.values());
  }

  private static Write write(Life by, String[] parts) {
    String hash = parts[4].equals(NONE) ? null : parts[4];
    long begin = Long.parseLong(parts[2]);
    return new Write(by, begin, Long.MAX_VALUE, parts[3], hash, null, null, false);
  }

  private static Write ended(Write write, String end, String revision, String level) {
    Ack reached = level.equals(NONE) ? null : Ack.valueOf(level);
    return new Write(
        write.by(),
        write.begin(),
        Long.parseLong(end),
        write.id(),
        write.hash(),
        revision(revision),
        reached,
        reached == null);
  }

  private static Read read(Life by, String[] parts) {
    return new Read(
        by,
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        parts[4],
        Answer.valueOf(parts[5]),
        revision(parts[6]),
        parts[7].equals(NONE) ? null : Source.valueOf(parts[7]),
        Boolean.parseBoolean(parts[8]));
  }

  /** A revision as it is written. */
  static String text(Revision revision) {
    return revision.version()
        + "/"
        + (revision.tombstone() ? NONE : HexFormat.of().formatHex(revision.contentHash()));
  }

  private static @Nullable Revision revision(String text) {
    if (text.equals(NONE)) {
      return null;
    }
    String[] parts = text.split("/");
    long version = Long.parseLong(parts[0]);
    return parts[1].equals(NONE)
        ? Revision.ofTombstone(version)
        : Revision.ofValue(version, HexFormat.of().parseHex(parts[1]));
  }
}
