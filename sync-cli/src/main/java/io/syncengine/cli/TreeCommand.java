// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.cli.Branches.Branch;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Option;

/** {@code sync tree}. */
@Command(
    name = "tree",
    description = {
      "Shows the branches of a dotted subtree, with counts and digests.",
      "",
      "Each line has how many items a branch holds, the sum of their leaf digests, abbreviated, and"
          + " the branch's last segment, with a dot if there are ids below it; a branch that is an"
          + " item too says so. Equal digests are equal items. With Redis, --deep or --against it"
          + " compares as verify does first and says how many ids of a branch differ, and whether"
          + " kept digests are not those of the rows; exit code 1 then. With --json an object a line;"
          + " the first has the buckets of such digests, too."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} tree --depth 1",
      "  ${ROOT-COMMAND-NAME} tree org.mdn.bcd.api --against sqlite:backup.db"
    })
final class TreeCommand extends CompareCommand {
  private static final int DIGEST_BYTES = 6;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many segments below PREFIX are shown; ${DEFAULT-VALUE} by default.")
  private long depth;

  TreeCommand() {}

  @Override
  public Integer call() {
    if (depth < 0) {
      throw CommandException.usage("--depth is " + depth, "give 0 or more");
    }
    VerifyOptions asked = comparison();
    Map<String, String> properties = properties();
    requireStored(properties);
    Branches branches = new Branches(subtree(), (int) Math.min(Integer.MAX_VALUE, depth));
    Optional<VerifyReport> compared = Optional.empty();
    try (Session session = openToRead(properties)) {
      if (comparesAnything(asked, properties)) {
        compared = Optional.of(report(() -> session.engine().verify(asked)));
      }
      try (Stream<SyncItem> items = session.engine().scan(subtree())) {
        items.forEachOrdered(branches::add);
      }
    }
    compared.ifPresent(
        report -> report.differences().forEach(difference -> branches.differs(difference.id())));
    print(branches, compared.map(VerifyReport::buckets).orElse(List.of()));
    compared.ifPresent(this::printWhatNoBranchShows);
    output().flush();
    return compared.map(VerifyReport::equal).orElse(true) ? ExitCodes.DONE : ExitCodes.NO;
  }

  private void printWhatNoBranchShows(VerifyReport report) {
    long unlisted = report.differenceCount() - report.differences().size();
    if (unlisted > 0) {
      messages().note(Facts.count(unlisted) + " more differences are not shown");
    }
    if (!report.buckets().isEmpty() && !json()) {
      output().line(Findings.buckets(report));
    }
  }

  private void print(Branches branches, List<Integer> buckets) {
    int width = Facts.count(branches.root().items).length();
    boolean color = messages().launch().outInColor();
    branches.walk(
        (branch, level) ->
            output()
                .line(
                    json()
                        ? JsonText.object(facts(branch, level, buckets))
                        : text(branch, level, width, color)));
  }

  private static Map<String, Object> facts(Branch branch, int level, List<Integer> buckets) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("branch", branch.path);
    facts.put("depth", level);
    facts.put("items", branch.items);
    facts.put("item", branch.item);
    facts.put("digest", HexFormat.of().formatHex(branch.digest()));
    facts.put("differences", branch.differences);
    if (level == 0) {
      facts.put("buckets", buckets);
    }
    return facts;
  }

  private static String text(Branch branch, int level, int width, boolean color) {
    String digest = HexFormat.of().formatHex(branch.digest(), 0, DIGEST_BYTES);
    String line =
        String.format(Locale.ROOT, "%" + width + "s  ", Facts.count(branch.items))
            + styled(digest, Style.faint, color)
            + "  "
            + "  ".repeat(level)
            + (level == 0 && branch.name.isEmpty() ? "(all)" : name(branch));
    if (branch.item && branch.holdsOthers()) {
      line += "  (an item, too)";
    }
    if (branch.differences > 0) {
      String differ =
          Facts.count(branch.differences) + (branch.differences == 1 ? " differs" : " differ");
      line += "  " + styled(differ, Style.fg_red, color);
    }
    return line;
  }

  private static String styled(String text, Style style, boolean color) {
    return color ? style.on() + text + style.off() : text;
  }

  private static String name(Branch branch) {
    return branch.holdsOthers() && !branch.name.endsWith(".") ? branch.name + "." : branch.name;
  }
}
