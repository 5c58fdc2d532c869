// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.cli.SyncProcess.Result;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that gets full in mid-ingest. */
class NoRoomIT {
  private static final String ITEMS =
      Path.of("..", "examples", "data", "bcd-8.0.0.ndjson.gz").toAbsolutePath().toString();

  @TempDir private Path folder;

  @Test
  void keepsWhatWasAcknowledgedAndGoesOnOnceThereIsRoom() throws IOException {
    try (SmallVolume volume = SmallVolume.mount(folder, "12m")) {
      SyncProcess sync = new SyncProcess(volume.path());

      Result full = sync.run("ingest", ITEMS, "--patience", "2", "--no-progress").exits(4);

      assertThat(full.err()).doesNotContain("\tat ");
      long added = figure(full, "added");
      assertThat(added).isPositive().isLessThan(19_752);
      long stored = sync.run("ls").done().text().lines().count();
      assertThat(stored).isGreaterThanOrEqualTo(added);

      volume.resize("200m");
      Result again = sync.run("ingest", ITEMS, "--no-progress").exits(0);
      // The commit that the full disk cut off was acknowledged to nobody.
      assertThat(again.err())
          .matches("|sync: warning: .*ends in a commit that was not finished.*\n");
      assertThat(figure(again, "unchanged")).isEqualTo(stored);
      assertThat(figure(again, "added")).isEqualTo(19_752 - stored);
    }
  }

  private static long figure(Result result, String name) {
    return Long.parseLong(
        result.text().replaceAll("(?s).*?([0-9,]+) " + name + ".*", "$1").replace(",", ""));
  }
}
