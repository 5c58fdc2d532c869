// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The launcher and the packaged command in a folder of their own, built, so that no test starts a
 * build inside the build; and a link to the launcher in a folder that a test may put on the PATH.
 *
 * @param launcher the launcher
 * @param bin the folder of the link {@code syncengine}
 */
record Installation(Path launcher, Path bin) {
  /** Installs into a folder. */
  static Installation into(Path folder) {
    Path target = Path.of("target").toAbsolutePath();
    assertThat(target.resolve("sync-cli.jar")).as("made by mvn package").exists();
    try {
      Path home = Files.createDirectories(folder.resolve("home"));
      Path launcher = Files.copy(Path.of("..", "sync"), home.resolve("sync"));
      assertThat(launcher.toFile().setExecutable(true)).isTrue();
      Path built = Files.createDirectories(home.resolve("sync-cli").resolve("target"));
      Files.copy(target.resolve("sync-cli.jar"), built.resolve("sync-cli.jar"));
      copyFiles(target.resolve("lib"), Files.createDirectory(built.resolve("lib")));
      Files.createFile(built.resolve("sync.stamp"));
      Path bin = Files.createDirectories(folder.resolve("bin"));
      // By way of another link that is relative, as package managers make them.
      Files.createSymbolicLink(home.resolve("link"), Path.of("sync"));
      Files.createSymbolicLink(bin.resolve("syncengine"), home.resolve("link"));
      return new Installation(launcher, bin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** A process that finds {@code syncengine} on its PATH. */
  SyncProcess process(Path folder) {
    return new SyncProcess(folder)
        .with("PATH", bin + ":" + System.getenv("PATH"))
        .with("JAVA_HOME", System.getProperty("java.home"));
  }
}
