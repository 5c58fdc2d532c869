// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubtreeTest {
  @ParameterizedTest
  @CsvSource({
    "uk, uk, true",
    "uk, uk.london, true",
    "uk, uk.london.soho, true",
    "uk, uk., true",
    "uk, ukraine, false",
    "uk, uk-x, false",
    "uk, uk/x, false",
    "uk, u, false",
    "uk, UK, false",
    "uk., uk, false",
    "uk., uk., true",
    "uk., uk.london, true",
    "uk., ukraine, false",
    "a.b, a.b, true",
    "a.b, a.b.c, true",
    "a.b, a.bc, false",
    "a.b, a, false",
    "'', anything, true",
    "'', ü, true",
    "ü, ü.ß, true",
    "ü, üb, false",
  })
  void aPrefixIsADottedSubtree(String prefix, String id, boolean inside) {
    Subtree subtree = Subtree.of(prefix);
    boolean root = subtree.root().filter(id::equals).isPresent();
    assertThat(root || subtree.below().contains(id)).isEqualTo(inside);
    assertThat(root && subtree.below().contains(id)).as("not twice").isFalse();
  }
}
