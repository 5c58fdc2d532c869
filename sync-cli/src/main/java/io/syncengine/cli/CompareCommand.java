// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that compare tiers share: what they compare, and how it is called. */
abstract class CompareCommand extends EngineCommand {
  private static final String AGAINST_VARIABLE = "SYNC_AGAINST_URL";

  @Parameters(
      paramLabel = "PREFIX",
      arity = "0..1",
      defaultValue = "",
      description = ExportCommand.PREFIX)
  private String prefix;

  @Option(
      names = "--deep",
      description =
          "Read every row, hash every content, and hold the kept digests against the rows: finds"
              + " what was changed behind the engine's back.")
  private boolean deep;

  @Option(
      names = "--against",
      paramLabel = "URL",
      description = "Another database to compare with, in the place of Redis.")
  private @Nullable String against;

  @Option(names = "--rate", paramLabel = "N", description = "Read so many rows a second at most.")
  private @Nullable Long rate;

  final String subtree() {
    return prefix(prefix);
  }

  /**
   * What is to be compared.
   *
   * @throws CommandException if it cannot be; also where the other database's file is not there: a
   *     wrong path must not look like a database that has lost everything
   */
  final VerifyOptions comparison() {
    if (rate != null && rate < 1) {
      throw CommandException.usage("--rate is " + rate, "give 1 or more");
    }
    VerifyOptions options =
        VerifyOptions.defaults()
            .withPrefix(subtree())
            .withDeep(deep)
            .withItemsPerSecond(rate == null ? 0 : rate);
    String other = against == null ? System.getenv(AGAINST_VARIABLE) : against;
    if (other == null || other.isBlank()) {
      return options;
    }
    Map<String, String> otherProperties = new LinkedHashMap<>();
    otherProperties.put("sql_url", other);
    requireStored(otherProperties);
    return options.withAgainst(other);
  }

  /** Whether there are two things to compare, or one with itself. */
  static boolean comparesAnything(VerifyOptions options, Map<String, String> properties) {
    return options.deep() || options.against().isPresent() || properties.containsKey("redis_url");
  }

  static void requireSomethingToCompare(VerifyOptions options, Map<String, String> properties) {
    if (!comparesAnything(options, properties)) {
      throw CommandException.usage(
          "there is no Redis to compare the ground truth with",
          "give --deep to hold each row against itself, or --against for another database");
    }
  }

  /** What is compared, in one line, without secrets. */
  static String compared(SyncEngine engine, VerifyOptions options) {
    String truth = engine.health().groundTruth();
    String text =
        options
            .against()
            .map(url -> truth + " with other, " + Secrets.hide(url))
            .orElseGet(() -> engine.config().redisUrl().isPresent() ? "L2 with " + truth : truth);
    if (options.deep()) {
      text += ", each row with itself";
    }
    return options.prefix().isEmpty() ? text : text + ", below " + options.prefix();
  }

  /** Compares, and tells a database that is refused from one that cannot be reached. */
  static VerifyReport report(Supplier<VerifyReport> comparison) {
    try {
      return comparison.get();
    } catch (TierUnavailableException e) {
      throw e;
    } catch (TierException e) {
      if (!e.operation().equals("open")) {
        throw e;
      }
      throw new CommandException(
          ExitCodes.USAGE,
          e.getClass().getSimpleName(),
          "the other database was refused: " + e.getMessage(),
          "see --against",
          e);
    }
  }
}
