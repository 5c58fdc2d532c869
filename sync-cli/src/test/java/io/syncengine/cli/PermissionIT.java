// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.cli.SyncProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the command says where it may not read or write. Root may everything; run by root, the
 * command is started without the capability that lets it.
 */
class PermissionIT {
  private static final List<String> MERE_MORTAL =
      List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");

  @TempDir private Path folder;
  private SyncProcess sync;
  private Path store;
  private List<String> prefix = List.of();

  @BeforeEach
  void store() throws IOException {
    sync = new SyncProcess(folder);
    store = folder.resolve("sync-data");
    Path file = Files.writeString(folder.resolve("items"), "{\"id\":\"a\",\"content\":1}\n");
    sync.run("ingest", "items").done();
    mode(file, "---------");
    if (readable(file)) {
      prefix = MERE_MORTAL;
      assumeTrue(!readable(file), "needs a user, or setpriv, whom a file's mode holds up");
    }
  }

  @AfterEach
  void letItBeDeleted() throws IOException {
    mode(folder, "rwx------");
    if (Files.exists(store)) {
      mode(store, "rwx------");
    }
  }

  @Test
  void anInputThatMayNotBeRead() {
    run("ingest", "items").exits(2).says("cannot read items (permission denied)");
    run("import", "items", "--mirror=").exits(2).says("cannot read items (permission denied)");
    run("ls", "--config", "items").exits(2).says("cannot read items (permission denied)");
  }

  @Test
  void aFolderThatMayNotBeWritten() throws IOException {
    Path bare = Files.createDirectory(folder.resolve("bare"));
    Path file = Files.writeString(folder.resolve("line"), "{\"id\":\"a\",\"content\":1}\n");
    mode(bare, "r-xr-xr-x");
    sync = new SyncProcess(bare);

    run("ingest", file.toString()).exits(2).says("cannot make the folder", "sync-data");
    run("demo").exits(2).says("cannot make the folder", "sync-data");
    assertThat(bare).isEmptyDirectory();
  }

  @Test
  void aStoreThatMayBeReadAlone() throws IOException {
    modeOfAll("r--------");
    mode(store, "r-x------");

    assertThat(run("get", "a").done().text()).isEqualTo("1\n");
    assertThat(run("ls").done().text()).isEqualTo("a\n");
    assertThat(run("verify", "--deep").done().text()).contains("equal; 1 items");
    assertThat(run("tree").done().text()).endsWith("  a\n");
    run("delete", "a").exits(2).says("may write");
    run("repair", "--deep").exits(2).says("cannot be written");
    assertThat(run("get", "a").done().text()).isEqualTo("1\n");
  }

  @Test
  void aStoreThatMayNotBeRead() throws IOException {
    modeOfAll("---------");

    for (String command :
        new String[] {"ls", "export", "get a", "status", "stats", "delete a", "tree", "watch"}) {
      run(command.split(" ")).exits(2).says("permissions", "sync-data");
    }
  }

  private Result run(String... args) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(SyncProcess.java());
    command.addAll(List.of(args));
    return sync.await(sync.start(command));
  }

  private boolean readable(Path file) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("sh", "-c", "cat '" + file + "' 2>&1"));
    try {
      Process process = sync.builder(command).start();
      return new String(process.getInputStream().readAllBytes(), UTF_8).startsWith("{");
    } catch (IOException e) {
      return true; // no setpriv: nobody who could not
    }
  }

  private void modeOfAll(String mode) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.toList()) {
        mode(file, mode);
      }
    }
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
