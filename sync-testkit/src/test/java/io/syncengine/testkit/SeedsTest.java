// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;

@Isolated("sets system properties")
class SeedsTest {
  private static final Set<Long> SEEN = new HashSet<>();

  @ParameterizedTest
  @SeedSource(3)
  void theAnnotationGivesSeeds(long seed) {
    SEEN.add(seed);
  }

  @AfterAll
  static void asManyAsAskedFor() {
    int wanted = Long.getLong(Seeds.SEED) != null ? 1 : Integer.getInteger(Seeds.COUNT, 3);
    assertThat(SEEN).hasSizeLessThanOrEqualTo(wanted);
  }

  @Test
  void eachRunHasOtherSeeds() {
    List<Long> first = without(() -> Seeds.of("first", 5).boxed().toList());
    List<Long> second = without(() -> Seeds.of("second", 5).boxed().toList());

    assertThat(first).hasSize(5).doesNotHaveDuplicates().doesNotContainAnyElementsOf(second);
  }

  @Test
  void oneSeedIsReplayed() {
    assertThat(with(Seeds.SEED, "42", () -> Seeds.of("replay", 5).boxed().toList()))
        .containsExactly(42L);
  }

  @Test
  void thePropertyChangesTheCount() {
    assertThat(with(Seeds.COUNT, "7", () -> Seeds.of("count", 5).boxed().toList())).hasSize(7);
  }

  @Test
  void aFailureNamesItsSeed() {
    List<Long> ran = new ArrayList<>();

    assertThatThrownBy(
            () ->
                with(
                    Seeds.SEED,
                    "42",
                    () -> {
                      Seeds.forEach(
                          "failing",
                          1,
                          seed -> {
                            ran.add(seed);
                            throw new IllegalStateException("wrong");
                          });
                      return null;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dsync.seed=42")
        .hasRootCauseMessage("wrong");
    assertThat(ran).containsExactly(42L);
  }

  @Test
  void zeroSeedsAreRefused() {
    assertThatThrownBy(() -> Seeds.of("none", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static <T> T without(Supplier<T> body) {
    return with(Seeds.SEED, null, () -> with(Seeds.COUNT, null, body));
  }

  private static <T> T with(String property, String value, Supplier<T> body) {
    String before = System.getProperty(property);
    try {
      set(property, value);
      return body.get();
    } finally {
      set(property, before);
    }
  }

  private static void set(String property, String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }
}
