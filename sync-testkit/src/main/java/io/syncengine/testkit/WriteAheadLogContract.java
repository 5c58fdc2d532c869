// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.DeadLetter;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.SnapshotArguments;
import io.syncengine.spi.Snapshots;
import io.syncengine.spi.WriteAheadLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * What every {@link WriteAheadLog} keeps to. To be extended by a test of each implementation.
 *
 * @since 0.1
 */
public abstract class WriteAheadLogContract {
  /** Where the log may put its files. */
  @TempDir protected Path directory;

  private final List<WriteAheadLog> made = new ArrayList<>();
  private WriteAheadLog log;

  /** For subclasses. */
  protected WriteAheadLogContract() {}

  /**
   * A log that is not open. All logs of one test are over the same storage.
   *
   * @return a log
   */
  protected abstract WriteAheadLog newLog();

  /**
   * The configuration to open the log with.
   *
   * @return a file in {@link #directory} by default
   */
  protected TestLogConfig config() {
    return TestLogConfig.at(directory.resolve("log.db"));
  }

  @BeforeEach
  final void openLog() {
    log = open(config());
  }

  @AfterEach
  final void closeLogs() {
    made.forEach(WriteAheadLog::close);
  }

  @Test
  void aNewLogIsEmpty() {
    assertThat(replayed()).isEmpty();
    assertThat(log.clockCeiling()).isZero();
    assertThat(log.state("k")).isEmpty();
    assertThat(log.read(new LogPlace(1, 0))).isEmpty();
    assertThat(log.diskUse()).isBetween(0.0, 1.0);
  }

  @Test
  void entriesComeBackWholeAndInOrder() {
    List<Entry> first = List.of(full("a"), Entries.tombstone("b", 7), bare("c"));
    List<Entry> second = List.of(tombstoneOverBase("a"), encoded("d"), Entries.value("e", 1, ""));
    long one = log.append(first, 10);
    long two = log.append(second, 20);
    assertThat(two).isGreaterThan(one).isGreaterThanOrEqualTo(1);

    for (int round = 0; round < 2; round++) {
      Map<LogPlace, Entry> found = replayed();
      assertThat(found.keySet())
          .containsExactly(
              new LogPlace(one, 0),
              new LogPlace(one, 1),
              new LogPlace(one, 2),
              new LogPlace(two, 0),
              new LogPlace(two, 1),
              new LogPlace(two, 2));
      for (int i = 0; i < 3; i++) {
        assertSame(at(new LogPlace(one, i), found), first.get(i));
        assertSame(log.read(new LogPlace(one, i)).orElseThrow(), first.get(i));
        assertSame(log.read(new LogPlace(two, i)).orElseThrow(), second.get(i));
      }
      restart();
    }
  }

  @Test
  void truncationForgetsGroupsAndKeepsCeilingAndNumbers() {
    long one = log.append(List.of(bare("a")), 30);
    long two = log.append(List.of(bare("b")), 20);
    log.truncateBelow(two);
    assertThat(log.read(new LogPlace(one, 0))).isEmpty();
    assertThat(log.read(new LogPlace(two, 0))).isPresent();
    assertThat(replayed().keySet()).containsExactly(new LogPlace(two, 0));

    log.truncateBelow(two + 1);
    log.truncateBelow(two + 1);
    log.truncateBelow(one);
    restart();
    assertThat(replayed()).isEmpty();
    assertThat(log.clockCeiling()).isEqualTo(30);
    assertThat(log.append(List.of(bare("c")), 5)).isGreaterThan(two);
    assertThat(log.clockCeiling()).isEqualTo(30);
  }

  @Test
  void theCeilingNeverFalls() {
    log.append(List.of(bare("a")), 50);
    log.append(List.of(bare("a")), 40);
    assertThat(log.clockCeiling()).isEqualTo(50);
    restart();
    assertThat(log.clockCeiling()).isEqualTo(50);
  }

  @Test
  void stateIsKeptAndReplaced() {
    log.putState("position", "1");
    log.putState("other", "ü");
    assertThat(log.state("position")).contains("1");
    log.append(List.of(bare("a")), 1);
    log.putState("position", "2");
    assertThat(log.state("position")).contains("2");
    restart();
    assertThat(log.state("position")).contains("2");
    assertThat(log.state("other")).contains("ü");
  }

  @Test
  void anEmptyGroupIsRefused() {
    assertThatThrownBy(() -> log.append(List.of(), 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(log.append(List.of(bare("a")), 1)).isPositive();
  }

  @Test
  void afterAFailedAppendItTakesNoMoreUntilReopened() {
    CrashPoints points = new CrashPoints();
    reopenWith(config().withFailPoints(points));
    long before = log.append(List.of(bare("a")), 1);
    points.throwAt(FailPoint.LOG_COMMIT, 1, () -> new IllegalStateException("by the test"));
    assertThatThrownBy(() -> log.append(List.of(bare("b")), 2))
        .isInstanceOf(DurabilityException.class);
    assertThatThrownBy(() -> log.append(List.of(bare("c")), 3))
        .isInstanceOf(DurabilityException.class);
    assertThat(log.read(new LogPlace(before, 0))).isPresent();

    log.reopen();
    long after = log.append(List.of(bare("d")), 4);
    assertThat(after).isGreaterThan(before);
    assertThat(replayed().values().stream().map(Entry::id)).contains("a", "d").doesNotContain("c");
  }

  @Test
  void aTruncationReachesItsFailPoint() {
    CrashPoints points = new CrashPoints();
    reopenWith(config().withFailPoints(points));
    long group = log.append(List.of(bare("a")), 1);
    log.truncateBelow(group + 1);
    assertThat(points.times(FailPoint.TRUNCATED)).isEqualTo(1);
  }

  @Test
  void bytesRiseWithAppendsAndFallWithTruncation() {
    long empty = log.bytes();
    long last = 0;
    for (int i = 0; i < 20; i++) {
      last = log.append(List.of(Entries.value("k" + i, 1, new byte[100_000])), i + 1);
    }
    assertThat(log.bytes()).isGreaterThan(empty + 1_900_000).isLessThan(empty + 4_000_000);
    log.truncateBelow(last + 1);
    assertThat(log.bytes()).isLessThan(empty + 100_000);
  }

  @Test
  void aSecondWriterIsRefusedAndHarmsNothing() {
    log.append(List.of(bare("a")), 1);
    WriteAheadLog second = newLog();
    assertThatThrownBy(() -> second.open(config())).isInstanceOf(SyncEngineException.class);
    assertThat(log.append(List.of(bare("b")), 2)).isPositive();
    assertThat(replayed()).hasSize(2);
  }

  @Test
  void anotherNamespaceIsRefused() {
    log.append(List.of(bare("a")), 1);
    log.close();
    WriteAheadLog other = newLog();
    assertThatThrownBy(() -> other.open(config().withNamespace("other")))
        .isInstanceOf(SyncEngineException.class);
    log = open(config());
    assertThat(replayed()).hasSize(1);
  }

  @Test
  void deadLettersAreKeptOnceARevision() {
    DeadLetterStore letters = deadLetters();
    Entry refused = full("a");
    DeadLetter first = letters.add(refused, "REFUSED", "too long", 1_000);
    DeadLetter again = letters.add(refused, "EXPIRED", "other", 2_000);
    DeadLetter delete = letters.add(Entries.tombstone("a", 900), "EXPIRED", "", 3_000);
    assertThat(again.number()).isEqualTo(first.number());
    assertThat(again.reason()).isEqualTo("REFUSED");
    assertThat(letters.count()).isEqualTo(2);

    restart();
    letters = deadLetters();
    DeadLetter found = letters.find(first.number()).orElseThrow();
    assertThat(found.id()).isEqualTo("a");
    assertThat(found.revision()).isEqualTo(refused.revision());
    assertThat(found.item().orElseThrow().content()).isEqualTo(refused.content());
    assertThat(found.reason()).isEqualTo("REFUSED");
    assertThat(found.detail()).isEqualTo("too long");
    assertThat(found.at().toEpochMilli()).isEqualTo(1_000);
    assertThat(letters.newest("a").orElseThrow().number()).isEqualTo(delete.number());
    assertThat(letters.newest("a").orElseThrow().item()).isEmpty();
    assertThat(letters.newest("b")).isEmpty();
    assertThat(letters.list(1)).extracting(DeadLetter::number).containsExactly(first.number());

    assertThat(letters.remove(delete.number())).isTrue();
    assertThat(letters.remove(delete.number())).isFalse();
    assertThat(letters.add(Entries.tombstone("c", 1), "REFUSED", "", 4_000).number())
        .isGreaterThan(delete.number());
    assertThat(letters.list(9)).hasSize(2);
  }

  @Test
  void aSnapshotComesBackWholeAndIsReplaced() {
    Snapshots snapshots = snapshots();
    assertThat(snapshots.snapshot("filter")).isEmpty();
    snapshots.removeSnapshot("filter");
    putSnapshot("filter", 1, 3, at -> {});
    putSnapshot("other ü", 2, 1, at -> {});
    assertSnapshot("filter", 1, 3);

    restart();
    assertSnapshot("filter", 1, 3);
    assertSnapshot("other ü", 2, 1);
    putSnapshot("filter", 3, 2, at -> {});
    assertSnapshot("filter", 3, 2);
    putSnapshot("filter", 4, 5, at -> {});

    restart();
    assertSnapshot("filter", 4, 5);
    snapshots().removeSnapshot("filter");
    assertThat(snapshots().snapshot("filter")).isEmpty();
    restart();
    assertThat(snapshots().snapshot("filter")).isEmpty();
    assertSnapshot("other ü", 2, 1);
  }

  @Test
  void aSnapshotDoesNotCountAndHoldsNoAppendUp() {
    snapshots();
    log.append(List.of(bare("a")), 1);
    long before = log.bytes();
    for (int round = 1; round <= 3; round++) {
      putSnapshot(
          "filter",
          round,
          8,
          at -> {
            log.append(List.of(bare("a")), 1);
            assertThat(log.bytes()).isBetween(before - 100_000, before + 100_000);
          });
      assertThat(log.bytes()).isBetween(before - 100_000, before + 100_000);
      restart();
      assertThat(log.bytes()).isBetween(before - 100_000, before + 100_000);
    }
    snapshots().removeSnapshot("filter");
    assertThat(log.bytes()).isBetween(before - 100_000, before + 100_000);
    assertThat(replayed()).hasSize(25);
  }

  @Test
  void aSnapshotThatIsBrokenOffLeavesTheOldOne() {
    Snapshots snapshots = snapshots();
    RuntimeException broken = new IllegalStateException("by the test");
    IntConsumer breaking =
        at -> {
          if (at == 2) {
            throw broken;
          }
        };
    assertThatThrownBy(() -> putSnapshot("filter", 1, 4, breaking)).isSameAs(broken);
    assertThat(snapshots.snapshot("filter")).isEmpty();
    putSnapshot("filter", 2, 3, at -> {});
    assertThatThrownBy(() -> putSnapshot("filter", 3, 4, breaking)).isSameAs(broken);
    assertSnapshot("filter", 2, 3);
    restart();
    assertSnapshot("filter", 2, 3);
  }

  @Test
  void aLogThatIsClosedInTheMiddleOfASnapshotHasTheOldOne() {
    snapshots();
    putSnapshot("filter", 1, 3, at -> {});
    log.append(List.of(bare("a")), 1);
    for (int closedAt = 0; closedAt < 3; closedAt++) {
      int middle = closedAt;
      assertThatThrownBy(
              () ->
                  putSnapshot(
                      "filter",
                      2,
                      3,
                      at -> {
                        if (at == middle) {
                          log.close();
                        }
                      }))
          .isInstanceOfAny(DurabilityException.class, IllegalStateException.class);
      log = open(config());
      assertSnapshot("filter", 1, 3);
      assertThat(replayed()).hasSize(1);
    }
    putSnapshot("filter", 3, 3, at -> {});
    assertSnapshot("filter", 3, 3);
  }

  @Test
  void aSnapshotThatIsNoneIsRefused() {
    Snapshots snapshots = snapshots();
    putSnapshot("filter", 1, 2, at -> {});
    byte[] some = {1};
    List<List<byte[]>> refused =
        List.of(
            List.of(),
            List.of(some, new byte[0]),
            List.of(some, new byte[SnapshotArguments.MAX_CHUNK + 1]));
    for (List<byte[]> chunks : refused) {
      assertThatThrownBy(() -> snapshots.putSnapshot("filter", chunks.iterator()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String name : new String[] {"", "n".repeat(SnapshotArguments.MAX_NAME + 1)}) {
      assertThatThrownBy(() -> snapshots.putSnapshot(name, List.of(some).iterator()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertSnapshot("filter", 1, 2);
    String longest = "n".repeat(SnapshotArguments.MAX_NAME);
    byte[] largest = new byte[SnapshotArguments.MAX_CHUNK];
    snapshots.putSnapshot(longest, List.of(largest).iterator());
    assertThat(snapshots.snapshot(longest).orElseThrow()).containsExactly(largest);
  }

  @Test
  void closeIsIdempotent() {
    log.close();
    log.close();
    log = open(config());
    assertThat(replayed()).isEmpty();
  }

  /**
   * Random appends, truncations, failures and restarts against a map.
   *
   * @param seed the seed
   */
  @ParameterizedTest
  @SeedSource(20)
  void behavesAsAMapOfGroups(long seed) {
    Random random = new Random(seed);
    CrashPoints points = new CrashPoints();
    reopenWith(config().withFailPoints(points));
    Map<LogPlace, Entry> model = new LinkedHashMap<>();
    long ceiling = 0;
    long last = 0;
    for (int step = 0; step < 120; step++) {
      int what = random.nextInt(20);
      if (what < 12) {
        List<Entry> group = randomGroup(random);
        ceiling = Math.max(ceiling, step * 10L);
        long number = log.append(group, step * 10L);
        assertThat(number).isGreaterThan(last);
        last = number;
        for (int i = 0; i < group.size(); i++) {
          model.put(new LogPlace(number, i), group.get(i));
        }
      } else if (what < 16) {
        long below = last - random.nextInt(4);
        log.truncateBelow(below);
        model.keySet().removeIf(place -> place.group() < below);
      } else if (what < 18) {
        points.throwAt(FailPoint.LOG_COMMIT, 1, () -> new IllegalStateException("by the test"));
        assertThatThrownBy(() -> log.append(List.of(bare("x")), 1))
            .isInstanceOf(DurabilityException.class);
        log.reopen();
      } else {
        reopenWith(config().withFailPoints(points));
      }
      if (!model.isEmpty()) {
        Map.Entry<LogPlace, Entry> any =
            List.copyOf(model.entrySet()).get(random.nextInt(model.size()));
        assertSame(log.read(any.getKey()).orElseThrow(), any.getValue());
      }
      assertThat(log.clockCeiling()).isEqualTo(ceiling);
    }
    Map<LogPlace, Entry> found = replayed();
    assertThat(List.copyOf(found.keySet())).isEqualTo(List.copyOf(model.keySet()));
    model.forEach((place, entry) -> assertSame(at(place, found), entry));
  }

  private List<Entry> randomGroup(Random random) {
    List<Entry> group = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      byte[] content =
          new byte[random.nextInt(10) == 0 ? random.nextInt(60_000) : random.nextInt(300)];
      random.nextBytes(content);
      String id = "id-" + random.nextInt(50);
      long version = 1L + random.nextInt(1_000);
      group.add(
          random.nextInt(4) == 0
              ? Entries.tombstone(id, version)
              : Entries.value(id, version, content));
    }
    return group;
  }

  private WriteAheadLog open(TestLogConfig by) {
    WriteAheadLog opened = newLog();
    made.add(opened);
    opened.open(by);
    return opened;
  }

  private void restart() {
    reopenWith(config());
  }

  private void reopenWith(TestLogConfig by) {
    log.close();
    log = open(by);
  }

  private Map<LogPlace, Entry> replayed() {
    Map<LogPlace, Entry> found = new LinkedHashMap<>();
    log.replay(found::put);
    return found;
  }

  private static Entry at(LogPlace place, Map<LogPlace, Entry> found) {
    return present(found.get(place), "entry at its place");
  }

  private DeadLetterStore deadLetters() {
    var letters = log.capability(DeadLetterStore.class);
    Assumptions.assumeTrue(letters.isPresent(), "this log keeps no dead letters");
    return letters.get();
  }

  private Snapshots snapshots() {
    var snapshots = log.capability(Snapshots.class);
    Assumptions.assumeTrue(snapshots.isPresent(), "this log keeps no snapshots");
    return snapshots.get();
  }

  /** Puts chunks that the seed gives; each is announced before it is made. */
  private void putSnapshot(String name, int seed, int chunks, IntConsumer announced) {
    Iterator<byte[]> made =
        IntStream.range(0, chunks)
            .mapToObj(
                at -> {
                  announced.accept(at);
                  return chunk(seed, at);
                })
            .iterator();
    snapshots().putSnapshot(name, made);
  }

  private void assertSnapshot(String name, int seed, int chunks) {
    List<byte[]> found = snapshots().snapshot(name).orElseThrow();
    assertThat(found).hasSize(chunks);
    for (int at = 0; at < chunks; at++) {
      assertThat(found.get(at)).isEqualTo(chunk(seed, at));
    }
  }

  private static byte[] chunk(int seed, int at) {
    byte[] chunk = new byte[at == 1 ? 1 : 200_000 + at];
    new Random(31L * seed + at).nextBytes(chunk);
    return chunk;
  }

  private static Entry bare(String id) {
    return Entries.value(id, 3, "{\"n\":1}");
  }

  private static Entry encoded(String id) {
    return Entry.builder(id)
        .value(SyncItem.of(id, "plain").stamped(12, 1).revision(), (byte) 9, new byte[] {1, 2, 3})
        .acceptedAtMillis(Entries.ACCEPTED_AT)
        .build();
  }

  private static Entry full(String id) {
    return Entries.value(id, Long.MAX_VALUE, "größer €, \uD83D\uDE00").toBuilder()
        .mergeType((byte) -3)
        .sequence(77)
        .origin("instance ö")
        .trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=b,c=d")
        .base(Revision.ofValue(3, new byte[Revision.HASH_BYTES]))
        .build();
  }

  private static Entry tombstoneOverBase(String id) {
    return Entries.tombstone(id, 9).toBuilder()
        .origin("")
        .trace(null, "only=state")
        .base(Revision.ofTombstone(8))
        .build();
  }

  private static void assertSame(Entry actual, Entry expected) {
    assertThat(actual.id()).isEqualTo(expected.id());
    assertThat(actual.revision()).isEqualTo(expected.revision());
    assertThat(actual.tombstone()).isEqualTo(expected.tombstone());
    assertThat(actual.version()).isEqualTo(expected.version());
    assertThat(actual.acceptedAtMillis()).isEqualTo(expected.acceptedAtMillis());
    assertThat(actual.content()).isEqualTo(expected.content());
    assertThat(actual.codec()).isEqualTo(expected.codec());
    assertThat(actual.mergeType()).isEqualTo(expected.mergeType());
    assertThat(actual.sequence()).isEqualTo(expected.sequence());
    assertThat(actual.origin()).isEqualTo(expected.origin());
    assertThat(actual.traceParent()).isEqualTo(expected.traceParent());
    assertThat(actual.traceState()).isEqualTo(expected.traceState());
    assertThat(actual.base()).isEqualTo(expected.base());
  }
}
