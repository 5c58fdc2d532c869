// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system in memory, mounted for one test; the test is skipped where that is not allowed. */
record SmallVolume(Path path) implements AutoCloseable {
  static SmallVolume mount(Path folder, String size) throws IOException {
    Path point = Files.createDirectory(folder.resolve("volume"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "none", point.toString()),
        "needs the right to mount");
    return new SmallVolume(point);
  }

  void resize(String size) {
    assertThat(run("mount", "-o", "remount,size=" + size, path.toString())).isTrue();
  }

  @Override
  public void close() {
    if (!run("umount", path.toString())) {
      run("umount", "-l", path.toString());
    }
  }

  private static boolean run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
