// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.ChangeEvent;
import io.syncengine.model.ChangePosition;
import io.syncengine.model.ItemChange;
import io.syncengine.model.PositionGoneException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code sync watch}. */
@Command(
    name = "watch",
    description = {
      "Prints each change as it comes, until Ctrl-C.",
      "",
      "A line a change: when it was committed (UTC), by which instance, what was done, the version,"
          + " the id. With --json an object a commit, with time, origin, position, and changes,"
          + " whose members are kind, id and version. Ctrl-C (130) prints the position from which"
          + " another run goes on; what was printed last may come again, nothing is left out. Exit"
          + " code 1: the change log does not reach back to the position."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} watch org.mdn.bcd.api",
      "  ${ROOT-COMMAND-NAME} watch --json --from earliest"
    })
final class WatchCommand extends EngineCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @Parameters(
      paramLabel = "PREFIX",
      arity = "0..1",
      defaultValue = "",
      description = ExportCommand.PREFIX)
  private String prefix;

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      converter = PositionConverter.class,
      description =
          "Where to go on: a position, earliest for all changes that are kept, or latest, which is"
              + " the default.")
  private ChangePosition from = ChangePosition.latest();

  WatchCommand() {}

  @Override
  public Integer call() {
    prefix(prefix);
    Watch watch = new Watch();
    try (Session session = openToRead()) {
      session.account(watch);
      watch.run(session.engine().changes(prefix, from), this::print);
    } catch (PositionGoneException e) {
      throw new CommandException(
          ExitCodes.NO,
          "PositionGone",
          "the change log does not go on from " + e.position(),
          "watch without --from, and while it runs read everything anew, as by export",
          e);
    }
    return ExitCodes.DONE;
  }

  private boolean print(ChangeEvent event) {
    if (messages().interrupted()) {
      return false; // the position has been told
    }
    if (json()) {
      output().line(JsonText.object(facts(event)));
    } else {
      event.changes().forEach(change -> output().line(text(event, change)));
    }
    output().flush();
    return true;
  }

  private static String text(ChangeEvent event, ItemChange change) {
    return TIME.format(event.committedAt())
        + "  "
        + event.origin()
        + "  "
        + change.kind()
        + "  "
        + change.revision().version()
        + "  "
        + change.id();
  }

  private static Map<String, Object> facts(ChangeEvent event) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("time", event.committedAt());
    facts.put("origin", event.origin());
    facts.put("position", event.position());
    List<Map<String, Object>> changes = event.changes().stream().map(WatchCommand::facts).toList();
    facts.put("changes", changes);
    return facts;
  }

  private static Map<String, Object> facts(ItemChange change) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kind", change.kind());
    facts.put("id", change.id());
    facts.put("version", change.revision().version());
    return facts;
  }

  /** Reads a position, and says what one looks like. */
  static final class PositionConverter implements ITypeConverter<ChangePosition> {
    PositionConverter() {}

    @Override
    public ChangePosition convert(String text) {
      try {
        return ChangePosition.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
