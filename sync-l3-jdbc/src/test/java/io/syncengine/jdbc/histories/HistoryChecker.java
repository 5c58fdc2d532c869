// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.jdbc.histories.Read.Answer;
import io.syncengine.jdbc.histories.Violation.Promise;
import io.syncengine.model.Ack;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds histories of several instances on one ground truth against the promises. For each answer it
 * computes the least revision that it may show, and says which promise is broken by one that shows
 * less:
 *
 * <ul>
 *   <li>what the same life has shown before (P2), or was acknowledged, there or, from {@code
 *       LOGGED} on, in an earlier life of the instance (P5)
 *   <li>if the answer is not marked as stale, what was known to be in the ground truth longer than
 *       the bound before it was asked for (P5)
 * </ul>
 *
 * If what may at least be shown is a delete and an older value comes, that is P3; if it is a value
 * and "absent" comes, and no delete can explain it, that is P4, or P11 if the filter said so. An
 * absence whose revision nobody told counts as the least delete that explains it.
 *
 * <p>The engines have to have a time-out for the ground truth within the bound: an answer of it is
 * as of a moment after its call began, which a reader that has joined it may have come after.
 */
final class HistoryChecker {
  private static final Set<Source> TRUTH = Set.of(Source.L2, Source.L3);

  private static final Set<Answer> TELLING = Set.of(Answer.PRESENT, Answer.ABSENT);

  private final long boundNanos;

  /** Makes a checker; {@code bound} is the staleness bound of the instances. */
  HistoryChecker(Duration bound) {
    this.boundNanos = bound.toNanos();
  }

  /** The promises that it breaks; empty if all is well. */
  List<Violation> check(History history) {
    List<Violation> violations = new ArrayList<>();
    ids(history).forEach((id, ofId) -> new OneId(ofId, violations).check());
    return violations;
  }

  /**
   * Whether an end is right: everything acknowledged from {@code LOGGED} on, and what lives that
   * were not killed have acknowledged at all, is in the ground truth, or something above it.
   *
   * @param truth what the ground truth holds in the end, tombstones included
   * @param killed the lives that were killed
   */
  static List<Violation> checkEnd(History history, Map<String, Revision> truth, Set<Life> killed) {
    List<Violation> violations = new ArrayList<>();
    for (Write write : history.writes()) {
      Ack least = killed.contains(write.by()) ? Ack.LOGGED : Ack.MEMORY;
      Revision there = truth.get(write.id());
      if (write.reached(least) && (there == null || write.revision().isAbove(there))) {
        violations.add(
            new Violation(Promise.P1, write.id(), write + " is lost, there is " + there));
      }
    }
    return violations;
  }

  private static Map<String, History> ids(History history) {
    Map<String, History> ids = new HashMap<>();
    for (Write write : history.writes()) {
      ids.computeIfAbsent(write.id(), id -> new History()).writes().add(write);
    }
    for (Read read : history.reads()) {
      ids.computeIfAbsent(read.id(), id -> new History()).reads().add(read);
    }
    return ids;
  }

  /** Something that an answer may not be below from a moment on, and which promise says so. */
  private record Known(long since, Revision revision, Promise promise) {}

  /** The history of an id. */
  private final class OneId {
    private final List<Write> writes;
    private final List<Read> reads;
    private final List<Write> deletes;
    private final Map<String, Long> written = new HashMap<>();
    private final List<Known> committed;
    private final List<Violation> violations;

    OneId(History history, List<Violation> violations) {
      this.writes = history.writes();
      this.reads = history.reads();
      this.violations = violations;
      this.deletes = writes.stream().filter(Write::delete).toList();
      for (Write write : writes) {
        if (!write.delete()) {
          written.merge(write.hash(), write.begin(), Math::min);
        }
      }
      this.committed = committed();
    }

    /** What was in the ground truth, at the latest since when; in the order of that time. */
    private List<Known> committed() {
      List<Known> all = new ArrayList<>();
      for (Write write : writes) {
        if (write.reached(Ack.PERSISTED)) {
          all.add(new Known(write.end(), write.revision(), Promise.P5));
        }
      }
      for (Read read : reads) {
        if (read.revision() != null && read.source() != null && TRUTH.contains(read.source())) {
          all.add(new Known(read.end(), read.revision(), Promise.P5));
        }
      }
      all.sort(Comparator.comparingLong(Known::since));
      return all;
    }

    void check() {
      Set<Life> lives =
          reads.stream()
              .map(Read::by)
              .collect(
                  Collectors.toCollection(
                      () -> new TreeSet<>(Comparator.comparing(Life::toString))));
      lives.forEach(this::check);
    }

    private void check(Life life) {
      PriorityQueue<Known> toCome = new PriorityQueue<>(Comparator.comparingLong(Known::since));
      for (Write write : writes) {
        if (write.reached(Ack.MEMORY) && write.by().equals(life)
            || write.reached(Ack.LOGGED) && life.isAfter(write.by())) {
          toCome.add(new Known(write.end(), write.revision(), Promise.P5));
        }
      }
      Known own = null;
      Known others = null;
      int next = 0;
      List<Read> inOrder =
          reads.stream()
              .filter(read -> read.by().equals(life) && TELLING.contains(read.answer()))
              .sorted(Comparator.comparingLong(Read::begin))
              .toList();
      for (Read read : inOrder) {
        while (!toCome.isEmpty() && toCome.peek().since() < read.begin()) {
          own = higher(own, toCome.remove());
        }
        while (next < committed.size() && committed.get(next).since() < read.begin() - boundNanos) {
          others = higher(others, committed.get(next++));
        }
        Known least = read.fresh() ? higher(own, others) : own;
        Revision shown = shown(read, least);
        if (shown != null) {
          toCome.add(new Known(read.end(), shown, Promise.P2));
        }
      }
    }

    /** What an answer has shown at least, checked; null if it tells nothing. */
    private @Nullable Revision shown(Read read, @Nullable Known least) {
      Revision revision = read.revision();
      if (revision != null) {
        if (!revision.tombstone()) {
          requireWritten(read, revision);
        }
        if (least != null && least.revision().isAbove(revision)) {
          violated(read, least, least.revision().tombstone() ? Promise.P3 : least.promise());
        }
        return revision;
      }
      return read.answer() == Answer.PRESENT ? present(read, least) : absent(read, least);
    }

    private void requireWritten(Read read, Revision revision) {
      String text = History.text(revision);
      Long begin = written.get(text.substring(text.indexOf('/') + 1));
      if (begin == null || begin > read.end()) {
        violations.add(
            new Violation(Promise.P4, read.id(), read + " shows what nobody has written"));
      }
    }

    private @Nullable Revision present(Read read, @Nullable Known least) {
      if (least == null || !least.revision().tombstone()) {
        return least == null ? null : least.revision();
      }
      boolean explained =
          writes.stream()
              .anyMatch(
                  write ->
                      !write.delete()
                          && write.begin() < read.end()
                          && write.mayBeAbove(least.revision()));
      if (!explained) {
        violated(read, least, Promise.P3);
      }
      return least.revision();
    }

    private @Nullable Revision absent(Read read, @Nullable Known least) {
      if (least == null || least.revision().tombstone()) {
        return least == null ? null : least.revision();
      }
      List<Write> explain =
          deletes.stream()
              .filter(delete -> delete.begin() < read.end() && delete.mayBeAbove(least.revision()))
              .toList();
      if (explain.isEmpty()) {
        violated(read, least, read.source() == Source.FILTER ? Promise.P11 : Promise.P4);
        return least.revision();
      }
      boolean known = explain.stream().allMatch(delete -> delete.revision() != null);
      return known
          ? explain.stream().map(Write::revision).min(Comparator.naturalOrder()).orElseThrow()
          : least.revision();
    }

    private void violated(Read read, Known least, Promise promise) {
      violations.add(
          new Violation(
              promise,
              read.id(),
              read
                  + " is below "
                  + least.revision()
                  + ", by "
                  + least.promise()
                  + " since "
                  + (read.begin() - least.since()) / 1_000
                  + " µs"));
    }

    private static @Nullable Known higher(@Nullable Known a, @Nullable Known b) {
      if (a == null || b == null) {
        return a == null ? b : a;
      }
      return b.revision().isAbove(a.revision()) ? b : a;
    }
  }
}
