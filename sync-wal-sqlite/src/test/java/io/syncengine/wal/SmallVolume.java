// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system in memory, mounted for one test; the test is skipped where that is not allowed. */
record SmallVolume(Path path) implements AutoCloseable {
  static SmallVolume mount(Path directory, String size) throws IOException {
    Path point = Files.createDirectory(directory.resolve("volume"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "none", point.toString());
    Assumptions.assumeTrue(mounted, "mounting a tmpfs is not permitted here");
    return new SmallVolume(point);
  }

  /** Fills a file, and with it the volume that it lies on. */
  static void fill(Path file) {
    byte[] some = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(some);
      }
    } catch (IOException full) {
      // as wanted
    }
  }

  /** Makes it read-only. */
  void freeze() {
    Assumptions.assumeTrue(
        run("mount", "-o", "remount,ro", path.toString()), "remounting is not permitted here");
  }

  @Override
  public void close() {
    if (!run("umount", path.toString())) {
      run("umount", "-l", path.toString());
    }
  }

  private static boolean run(String... command) {
    try {
      Process p =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return p.waitFor(20, TimeUnit.SECONDS) && p.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
