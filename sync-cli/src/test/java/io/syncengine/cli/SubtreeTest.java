// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubtreeTest {
  @ParameterizedTest
  @CsvSource({
    "uk,uk,true",
    "uk,uk.a,true",
    "uk,ukraine,false",
    "uk,UK.a,false",
    "uk.,uk,false",
    "uk.,uk.a,true",
    "'',anything,true",
    "uk.a,uk,false"
  })
  void isDotted(String prefix, String id, boolean held) {
    assertThat(Subtree.holds(prefix, id)).isEqualTo(held);
  }
}
