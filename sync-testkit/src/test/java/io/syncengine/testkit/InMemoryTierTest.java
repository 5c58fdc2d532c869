// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.batch;
import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.TierProvider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What only the in-memory tier has. */
class InMemoryTierTest {
  private final InMemoryTier tier = new InMemoryTier(new SplittableRandom(1), 3);

  @Test
  void itsProviderIsFoundForTheScheme() {
    assertThat(ServiceLoader.load(TierProvider.class))
        .filteredOn(p -> p.name().equals("memory"))
        .singleElement()
        .satisfies(p -> assertThat(p.schemes()).containsExactly("memory"))
        .satisfies(p -> assertThat(p.create()).isInstanceOf(InMemoryTier.class));
  }

  @Test
  void itCountsBytesAndItems() {
    tier.open(TestTierConfig.defaults());
    tier.apply(batch(value("a", 1, "12345"), value("\u00e9", 1, "")));
    assertThat(tier.bytes()).isEqualTo(1 + 5 + 400 + 2 + 400);
    assertThat(tier.count()).isEqualTo(2);

    tier.apply(batch(tombstone("a", 2)));
    assertThat(tier.bytes()).isEqualTo(1 + 400 + 2 + 400);
    assertThat(tier.count()).isEqualTo(1);

    tier.purge(Entries.ACCEPTED_AT + 1, 10);
    assertThat(tier.bytes()).isEqualTo(2 + 400);
  }

  @Test
  void aFollowerThatIsTooFarBehindSeesAGap() {
    tier.open(TestTierConfig.defaults());
    for (int version = 1; version <= 5; version++) {
      tier.apply(batch(value("a", version, "x")));
    }

    ChangePage page = tier.poll(1, 10);

    assertThat(page.rows()).extracting(ChangeRow::sequence).containsExactly(3L, 4L, 5L);
    assertThat(page.head()).isEqualTo(5);
  }

  @Test
  void theNewestRowIsKeptHoweverLarge() {
    tier.open(TestTierConfig.defaults());
    tier.apply(batch(value("a", 1, "x")));
    tier.apply(
        batch(value("b", 1, "x"), value("c", 1, "x"), value("d", 1, "x"), value("e", 1, "x")));

    assertThat(tier.poll(1, 10).rows()).extracting(ChangeRow::sequence).containsExactly(2L);
  }

  @Test
  void anotherNamespaceIsRefused() {
    tier.open(TestTierConfig.defaults());

    assertThatThrownBy(() -> tier.open(TestTierConfig.defaults().withNamespace("other")))
        .isInstanceOf(TierException.class);
  }

  @Test
  void withoutTheFenceTheLaterWriteWins() {
    tier.open(
        TestTierConfig.defaults().withFailPoints(new CrashPoints().leaveOut(FailPoint.TIER_FENCE)));
    tier.apply(batch(value("a", 2, "x")));

    tier.apply(batch(value("a", 1, "y")));

    assertThat(tier.load(List.of("a")).found().get("a").version()).isEqualTo(1);
  }

  @Test
  void aBatchOutOfOrderIsRefused() {
    tier.open(TestTierConfig.defaults());

    assertThatThrownBy(() -> tier.apply(List.of(value("b", 1, "x"), value("a", 1, "x"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tier.apply(List.of(value("a", 1, "x"), value("a", 2, "x"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tier.apply(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
