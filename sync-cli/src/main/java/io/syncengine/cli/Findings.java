// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.Difference;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.Revision;
import io.syncengine.model.VerifyReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Words for what a comparison found. */
final class Findings {
  private Findings() {}

  /** The report for {@code --json}. */
  static Map<String, Object> facts(VerifyReport report) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("equal", report.equal());
    facts.put("healed", report.healed());
    facts.put("differenceCount", report.differenceCount());
    facts.put("repairedCount", report.repairedCount());
    facts.put("differences", report.differences().stream().map(Findings::facts).toList());
    facts.put("buckets", report.buckets());
    facts.put("digestsRepaired", report.digestsRepaired());
    facts.put("inFlight", report.inFlight());
    facts.put("items", report.items());
    facts.put("requests", report.requests());
    facts.put("digests", report.digests());
    facts.put("bytes", report.bytes());
    facts.put("elapsedMillis", report.elapsed().toMillis());
    return facts;
  }

  private static Map<String, Object> facts(Difference difference) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("id", difference.id());
    facts.put("side", difference.side());
    facts.put("kind", difference.kind());
    facts.put("held", difference.held().map(Revision::toString).orElse(null));
    facts.put("expected", difference.expected().map(Revision::toString).orElse(null));
    facts.put("fix", difference.fix());
    return facts;
  }

  /** The report as lines of text. */
  static List<String> lines(VerifyReport report) {
    List<String> lines = new ArrayList<>();
    report.differences().forEach(difference -> lines.add(line(difference)));
    long more = report.differenceCount() - report.differences().size();
    if (more > 0) {
      lines.add("and " + Facts.count(more) + " more");
    }
    if (!report.buckets().isEmpty()) {
      lines.add(buckets(report));
    }
    lines.add(figures(report));
    return lines;
  }

  private static String line(Difference difference) {
    String fix = difference.fix() == Fix.NONE ? "" : difference.fix() + " ";
    return fix
        + difference.side()
        + " "
        + difference.kind()
        + " "
        + difference.id()
        + ": "
        + held(difference)
        + ", "
        + expected(difference);
  }

  private static String held(Difference difference) {
    Optional<Revision> held = difference.held();
    if (held.isPresent()) {
      return "holds " + held.get();
    }
    return difference.kind() == Difference.Kind.MISSING ? "holds nothing" : "cannot be read";
  }

  private static String expected(Difference difference) {
    Optional<Revision> expected = difference.expected();
    if (expected.isPresent()) {
      return "should hold " + expected.get();
    }
    return difference.kind() == Difference.Kind.EXTRA
        ? "should hold nothing"
        : "what it should hold is not known here";
  }

  /** How many of the kept digests are wrong; for a report that has such buckets. */
  static String buckets(VerifyReport report) {
    int count = report.buckets().size();
    return "the digests kept for "
        + Facts.count(count)
        + (count == 1 ? " bucket" : " buckets")
        + " are not those of the rows, which were changed, added or deleted by hand"
        + (report.digestsRepaired() ? "; put right" : "");
  }

  private static String figures(VerifyReport report) {
    String found =
        report.equal()
            ? "equal"
            : Facts.count(report.differenceCount())
                + (report.differenceCount() == 1 ? " difference" : " differences");
    if (report.repairedCount() > 0) {
      found += ", " + Facts.count(report.repairedCount()) + " repaired";
    }
    if (report.inFlight() > 0) {
      found += ", " + Facts.count(report.inFlight()) + " were on their way";
    }
    return found
        + "; "
        + Facts.count(report.items())
        + " items looked at, "
        + Facts.count(report.requests())
        + " requests, "
        + Facts.count(report.digests())
        + " digests, "
        + Facts.count(report.bytes())
        + " bytes, "
        + Facts.seconds(report.elapsed().toNanos());
  }

  /** Of what a repair has left, why, and what to do; empty if nothing is left. */
  static List<String> left(VerifyReport report) {
    Map<Fix, Long> counts = new EnumMap<>(Fix.class);
    report.differences().forEach(difference -> counts.merge(difference.fix(), 1L, Long::sum));
    List<String> left = new ArrayList<>();
    counts.forEach(
        (fix, count) -> {
          String remedy = remedy(fix);
          if (!remedy.isEmpty()) {
            left.add(Facts.count(count) + " " + fix + ": " + remedy);
          }
        });
    if (!report.buckets().isEmpty() && !report.digestsRepaired()) {
      left.add("the digests are not put right: run repair --deep again, over everything");
    }
    return left;
  }

  private static String remedy(Fix fix) {
    return switch (fix) {
      case AMBIGUOUS ->
          "older than the purge horizon of the side that lacks it, where it may have been deleted;"
              + " delete it on the side that has it, or write it again";
      case NO_SOURCE ->
          "nothing whole is at hand to repair it with; give --from-l2 if Redis may have it, or"
              + " --against a backup, or write it again";
      case REFUSED -> "the tier did not take it, or has something newer by now; run it again";
      case WOULD_REPAIR -> "leave out --dry-run to repair it";
      case NONE, REPAIRED -> "";
    };
  }
}
