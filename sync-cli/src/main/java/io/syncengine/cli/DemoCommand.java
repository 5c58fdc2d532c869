// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code sync demo}. */
@Command(
    name = "demo",
    description = {
      "Shows the engine at work on real data, and checks every byte.",
      "",
      "Works in sync-data/demo and the namespace demo, both its own: the folder is emptied first,"
          + " and refused if it holds anything else. Stores release 7.0.0 of MDN"
          + " browser-compat-data, applies release 8.0.0 as an update, closes, opens again with an"
          + " empty memory, and compares every item with the file. Exit code 1: something differs.",
      "",
      "Takes --set and --redis-url; the environment and --config do not apply."
    },
    footer = "  ${ROOT-COMMAND-NAME} demo")
final class DemoCommand extends EngineCommand {
  private static final Path FOLDER = Path.of("sync-data", "demo");

  DemoCommand() {}

  @Override
  public Integer call() {
    CommonOptions options = options();
    if (options.sqlUrl != null || options.walPath != null) {
      throw CommandException.usage(
          "the demo has its own ground truth and log", "leave out --sql-url and --wal-path");
    }
    try (DemoFolder folder = DemoFolder.empty(FOLDER)) {
      Map<String, String> properties = new LinkedHashMap<>(Settings.fromOptions(options));
      properties.put("sql_url", folder.sqlUrl());
      properties.put("wal_path", folder.walPath());
      properties.put("namespace", "demo");
      Demo demo = new Demo(this, properties);
      boolean equal = demo.run();
      output().result(demo.facts(), equal ? hint(folder) : "Something differs.");
      return equal ? ExitCodes.DONE : ExitCodes.NO;
    }
  }

  private String hint(DemoFolder folder) {
    return "Everything equals the file. The data is still there, for instance:\n  "
        + messages().launch().called()
        + " get "
        + DemoData.PREFIX
        + ".api.Crypto --set namespace=demo --sql-url "
        + folder.sqlUrl()
        + " --wal-path "
        + folder.walPath();
  }
}
