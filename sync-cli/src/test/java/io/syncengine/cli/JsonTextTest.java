// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[1,  2]", "\"\\u0000 \u2028\"", "null", "-0.0e+00", "{\"a\":1,\"a\":2}"})
  void jsonOfOneLineStandsAsItIs(String content) {
    assertThat(JsonText.fitsInLine(content.getBytes(UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{} ",
        " {}",
        "{}{}",
        "{\n}",
        "nul",
        "01",
        "\ufeff{}",
        "\"\u0000\"",
        "a",
        "{}\r"
      })
  void anythingElseIsBinary(String content) {
    assertThat(JsonText.fitsInLine(content.getBytes(UTF_8))).isFalse();
  }

  @Test
  void bytesThatAreNotTextAreBinary() {
    assertThat(JsonText.fitsInLine(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'})).isFalse();
    assertThat(JsonText.fitsInLine(new byte[] {'"', (byte) 0xff, '"'})).isFalse();
    assertThat(JsonText.fitsInLine("{}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE)))
        .isFalse();
  }

  @Test
  void writesFactsInTheirOrder() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("b", 1L);
    facts.put("a", "x\"\n");
    facts.put("list", List.of("y", 2.5));
    facts.put("inner", Map.of("none", true));
    facts.put("null", null);

    assertThat(JsonText.object(facts))
        .isEqualTo(
            "{\"b\":1,\"a\":\"x\\\"\\n\",\"list\":[\"y\",2.5],\"inner\":{\"none\":true},\"null\":null}");
  }
}
