// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.DeadLetter;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.LogPlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMemoryLogTest {
  private final TestLogConfig config = TestLogConfig.at(Path.of("unused"));
  private final InMemoryLog log = new InMemoryLog();

  @BeforeEach
  void open() {
    log.open(config);
  }

  @Test
  void whatAppendReturnedIsThereAfterACrash() {
    log.append(List.of(value("a", 1, "x"), tombstone("b", 2)), 2);
    log.append(List.of(value("a", 3, "y")), 3);

    log.crash();
    log.open(config);

    assertThat(replayed()).containsExactly("1.0 a 1", "1.1 b 2", "2.0 a 3");
    assertThat(log.clockCeiling()).isEqualTo(3);
    assertThat(log.append(List.of(value("a", 4, "z")), 1)).isEqualTo(3);
    assertThat(log.clockCeiling()).isEqualTo(3);
  }

  @Test
  void aFailedAppendStopsTheLogUntilItIsReopened() {
    log.failAppends(1);

    assertThatThrownBy(() -> append("a")).isInstanceOf(DurabilityException.class);
    assertThatThrownBy(() -> append("b")).isInstanceOf(DurabilityException.class);
    log.failReopens(1);
    assertThatThrownBy(log::reopen).isInstanceOf(DurabilityException.class);
    log.reopen();

    assertThat(append("c")).isEqualTo(1);
    assertThat(replayed()).containsExactly("1.0 c 1");
  }

  @Test
  void aFailedAppendMayBeThereAllTheSame() {
    log.failAppends(1, true);

    assertThatThrownBy(() -> append("a")).isInstanceOf(DurabilityException.class);
    log.reopen();

    assertThat(append("b")).isEqualTo(2);
    assertThat(replayed()).containsExactly("1.0 a 1", "2.0 b 1");
  }

  @Test
  void aFailPointBreaksAnAppend() {
    log.close();
    log.open(
        config.withFailPoints(
            new CrashPoints()
                .throwAt(FailPoint.LOG_COMMIT, 1, () -> new IllegalStateException("broken"))));

    assertThatThrownBy(() -> append("a")).isInstanceOf(DurabilityException.class);

    log.reopen();
    assertThat(replayed()).isEmpty();
  }

  @Test
  void truncationForgetsWhatIsBelow() {
    append("a");
    append("b");
    append("c");
    long bytes = log.bytes();
    log.failTruncations(1);
    assertThatThrownBy(() -> log.truncateBelow(3)).isInstanceOf(DurabilityException.class);
    assertThat(log.groups()).isEqualTo(3);

    log.truncateBelow(3);

    assertThat(replayed()).containsExactly("3.0 c 1");
    assertThat(log.read(new LogPlace(1, 0))).isEmpty();
    assertThat(log.read(new LogPlace(3, 0))).map(e -> e.id()).contains("c");
    assertThat(log.bytes()).isEqualTo(bytes / 3);
    assertThat(append("d")).isEqualTo(4);
  }

  @Test
  void thereIsOneWriterAndReadersBesideIt() {
    assertThatThrownBy(() -> log.open(config)).isInstanceOf(SyncEngineException.class);
    log.open(config.withReadOnly(true));

    append("a");
    log.close();

    assertThat(replayed()).hasSize(1);
    assertThatThrownBy(() -> append("b")).isInstanceOf(DurabilityException.class);
    log.close();
    assertThatThrownBy(this::replayed).isInstanceOf(SyncEngineException.class);
  }

  @Test
  void anotherNamespaceIsRefused() {
    log.close();

    assertThatThrownBy(() -> log.open(config.withNamespace("other")))
        .isInstanceOf(SyncEngineException.class);
  }

  @Test
  void stateOutlivesACrash() {
    log.putState("position", "1");

    log.crash();

    assertThat(log.state("position")).contains("1");
  }

  @Test
  void deadLettersOutliveACrash() {
    DeadLetterStore store = log.capability(DeadLetterStore.class).orElseThrow();
    DeadLetter first = store.add(value("a", 1, "x"), "REFUSED", "why", 5);
    DeadLetter second = store.add(tombstone("a", 2), "EXPIRED", "why", 6);

    assertThat(store.add(value("a", 1, "x"), "REFUSED", "again", 7)).isEqualTo(first);
    log.crash();

    assertThat(store.list(10)).containsExactly(first, second);
    assertThat(store.list(1)).containsExactly(first);
    assertThat(store.newest("a")).contains(second);
    assertThat(store.find(first.number())).contains(first);
    assertThat(first.item().orElseThrow().contentAsString()).isEqualTo("x");
    assertThat(second.item()).isEmpty();
    assertThat(store.remove(first.number())).isTrue();
    assertThat(store.remove(first.number())).isFalse();
    assertThat(store.count()).isEqualTo(1);
  }

  private long append(String id) {
    return log.append(List.of(value(id, 1, "x")), 1);
  }

  private List<String> replayed() {
    List<String> seen = new ArrayList<>();
    log.replay(
        (place, e) ->
            seen.add(place.group() + "." + place.index() + " " + e.id() + " " + e.version()));
    return seen;
  }
}
