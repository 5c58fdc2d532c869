// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngineConfig;
import io.syncengine.model.ItemId;
import io.syncengine.model.VersionMode;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ParentCommand;

/** What all commands over an engine share: how they open one. */
abstract class EngineCommand implements Callable<Integer> {
  @ParentCommand private SyncCommand sync;

  final Output output() {
    return sync.output();
  }

  final Messages messages() {
    return sync.messages();
  }

  final CommonOptions options() {
    return sync.options();
  }

  final boolean json() {
    return output().json();
  }

  /** Does a work, and shows how far it is where somebody may want to see it. */
  final void showing(Progress.Work work, Runnable task) {
    if (json() || options().noProgress) {
      task.run();
    } else {
      Progress.during(work, messages(), task);
    }
  }

  /** Opens for reading, beside a running engine; refused where nothing was ever stored. */
  final Session openToRead() {
    Map<String, String> properties = properties();
    requireStored(properties);
    return openToRead(properties);
  }

  final Session openToRead(Map<String, String> properties) {
    properties.put("read_only", "true");
    withoutFilter(properties);
    // Written without a log: then the default one is not there to be read.
    if (Files.notExists(Path.of(Settings.DEFAULT_WAL_PATH))) {
      properties.remove("wal_path", Settings.DEFAULT_WAL_PATH);
    }
    return Session.open(SyncEngineConfig.fromProperties(properties), Optional.empty(), messages());
  }

  /**
   * Opens for writing without the log, beside the engine that holds its lock: as one more instance
   * of the service, whose writes go through the fence of the ground truth. Nothing may be
   * acknowledged by it that the ground truth has not taken.
   */
  final Session openToRepair(Map<String, String> properties) {
    properties.remove("wal_path");
    properties.remove("instance_id"); // which is the running engine's
    withoutFilter(properties);
    SyncEngineConfig config = SyncEngineConfig.fromProperties(properties);
    if (config.readOnly()) {
      throw CommandException.usage("read_only is set", "leave it out, or give --dry-run");
    }
    return Session.open(config, Optional.empty(), messages());
  }

  /** A command is over before a walk over all ids has paid. */
  private static void withoutFilter(Map<String, String> properties) {
    properties.putIfAbsent("existence_filter", "false");
  }

  /** Opens for writing: takes the log's lock. */
  final Session openToWrite(Map<String, String> properties) {
    SyncEngineConfig config = SyncEngineConfig.fromProperties(properties);
    if (config.readOnly()) {
      throw CommandException.usage("read_only is set", "leave it out; this command writes");
    }
    if (config.versionMode() == VersionMode.CALLER) {
      throw CommandException.usage(
          "version_mode is caller", "write through the library; this command gives no versions");
    }
    return Session.open(config, Optional.of(StoreFiles.of(properties)), messages());
  }

  final Map<String, String> properties() {
    return Settings.resolve(options(), System.getenv());
  }

  /** A wrong folder must not look like an absent item. */
  static void requireStored(Map<String, String> properties) {
    StoreFiles.of(properties)
        .neverWritten()
        .ifPresent(
            database -> {
              throw new CommandException(
                  ExitCodes.USAGE,
                  "NothingStored",
                  "nothing is stored yet at " + database.toAbsolutePath(),
                  "ingest first, or say where the data is with --sql-url");
            });
  }

  /** Refuses an id or prefix that the locale has garbled on its way from the command line. */
  static String argument(String text) {
    if (text.indexOf('\ufffd') >= 0 && !isUtf8(System.getProperty("sun.jnu.encoding", "UTF-8"))) {
      throw CommandException.usage(
          "the locale cannot carry this argument", "set LC_ALL=C.UTF-8 and try again");
    }
    return text;
  }

  /** Refuses a prefix that no id can have. */
  static String prefix(String text) {
    return text.isEmpty() ? text : ItemId.requireValid(argument(text));
  }

  private static boolean isUtf8(String charset) {
    return Charset.isSupported(charset) && Charset.forName(charset).name().equals("UTF-8");
  }
}
