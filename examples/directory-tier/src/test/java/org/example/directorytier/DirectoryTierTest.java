// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.TierException;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestTierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the contract cannot know: the files of this tier, and a writer that dies between them. */
class DirectoryTierTest {
  @TempDir private Path folder;

  private TestTierConfig config() {
    return TestTierConfig.defaults();
  }

  private Tier open(TestTierConfig config) {
    Tier tier = DirectoryTier.at(store());
    tier.open(config);
    return tier;
  }

  private Path store() {
    return folder.resolve("store");
  }

  private List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(store().resolve(folder))) {
      return files.toList();
    }
  }

  private static RuntimeException died() {
    return new IllegalStateException("the writer died, by order of the test");
  }

  // region died
  @Test
  void aCommitOfAWriterThatDiedIsSeenAndRolledForward() throws IOException {
    CrashPoints points = new CrashPoints();
    Tier dying = open(config().withFailPoints(points));
    points.throwAt(FailPoint.TIER_COMMITTED, 1, DirectoryTierTest::died);
    assertThatThrownBy(() -> dying.apply(Entries.batch(Entries.value("a", 1, "x"))));
    assertThat(files("committed")).hasSize(1);

    Tier next = open(config());
    assertThat(next.load(List.of("a")).found()).containsKey("a");
    assertThat(next.capability(Scannable.class).orElseThrow().scan(IdRange.ALL, null, 9))
        .extracting(Entry::id)
        .containsExactly("a");

    next.apply(Entries.batch(Entries.value("b", 1, "x")));
    assertThat(store().resolve("committed")).doesNotExist();
    assertThat(files("items")).hasSize(2);
  }

  // endregion

  @Test
  void whatAWriterThatDiedHadStagedIsGoneWithTheNextBatch() throws IOException {
    CrashPoints points = new CrashPoints();
    Tier dying = open(config().withFailPoints(points));
    points.throwAt(FailPoint.TIER_COMMIT, 1, DirectoryTierTest::died);
    assertThatThrownBy(() -> dying.apply(Entries.batch(Entries.value("a", 1, "x"))));
    assertThat(files("staged")).hasSize(1);

    Tier next = open(config());
    next.apply(Entries.batch(Entries.value("b", 1, "x")));

    assertThat(store().resolve("staged")).doesNotExist();
    assertThat(next.load(List.of("a", "b")).found()).containsOnlyKeys("b");
  }

  @Test
  void aDamagedFileIsNeverTakenForAnItem() throws IOException {
    Tier tier = open(config());
    tier.apply(Entries.batch(Entries.value("a", 1, "content")));
    Path file = files("items").get(0);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 1;
      Files.write(file, damaged);

      assertRefused(() -> tier.load(List.of("a")), "damaged");
    }
    Files.write(file, new byte[0]);
    assertRefused(() -> tier.load(List.of("a")), "damaged");
  }

  @Test
  void aFolderOfSomebodyElseIsRefusedAndLeftAsItIs() throws IOException {
    Files.createDirectory(store());
    Path letter = Files.writeString(store().resolve("letter.txt"), "dear");

    assertRefused(() -> open(config()), "not empty");

    try (Stream<Path> files = Files.list(store())) {
      assertThat(files).containsExactly(letter);
    }
  }

  @Test
  void whatCannotBeASettingIsRefused() {
    assertRefused(() -> open(config().withProperties(Map.of("sync", "yes"))), "directory.sync");
    assertRefused(() -> open(config().withReadOnly(true)), "no store");
    Tier byUrl = new DirectoryTierProvider().create();
    assertRefused(() -> byUrl.open(config().withUrl("file:/x")), "dir:PATH");
    assertThat(store()).doesNotExist();
  }

  @Test
  void anotherNamespaceIsRefused() {
    open(config());

    assertRefused(() -> open(config().withNamespace("other")), "namespace");
  }

  private static void assertRefused(Runnable call, String why) {
    TierException e = catchThrowableOfType(TierException.class, call::run);
    assertThat(e).isNotNull().hasMessageContaining(why);
    assertThat(e.retryable()).isFalse();
  }
}
