// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void aMessageStandsWhereTheDrawnLineStood() {
    Messages messages = messages(80, false, false);
    messages.draw("half");
    messages.error("Some", "what happened");
    messages.draw("whole");

    assertThat(Screen.after(text())).containsExactly("name: what happened", "whole");
    messages.erase();
    assertThat(Screen.after(text())).containsExactly("name: what happened");
    messages.erase();
    assertThat(text()).endsWith("\rwhole\u001b[K\r\u001b[K");
  }

  @Test
  void afterAnInterruptionOnlyErrorsAreSaid() {
    Messages messages = messages(80, false, false);
    messages.draw("half");
    messages.interrupt();
    messages.draw("more");
    messages.note("more");
    messages.erase();
    assertThat(Screen.after(text()))
        .containsExactly("interrupted; finishing what was accepted ...");

    messages.error("Interrupted", "interrupted, and how far it came");
    assertThat(Screen.after(text())).containsExactly("name: interrupted, and how far it came");
    assertThat(messages.interrupted()).isTrue();
  }

  @Test
  void whatIsNoTerminalIsNotDrawnOnWhenInterrupted() {
    messages(0, false, false).interrupt();
    messages(80, true, false).interrupt();

    assertThat(text()).isEmpty();
  }

  @Test
  void anErrorObjectHasIdAndTierAlways() {
    Messages messages = messages(0, true, false);
    messages.error("Some", "a \"b\"");
    messages.error("Other", "c", Map.of("id", "x", "line", 3), new IllegalStateException("d"));
    messages.note("is text, and not for machines");

    assertThat(text())
        .isEqualTo(
            "{\"error\":{\"type\":\"Some\",\"message\":\"a \\\"b\\\"\",\"id\":null,\"tier\":null}}\n"
                + "{\"error\":{\"type\":\"Other\",\"message\":\"c\",\"id\":\"x\",\"tier\":null,"
                + "\"line\":3}}\n");
  }

  @Test
  void tracesHideWhatMessagesHide() {
    Exception thrown = new IllegalStateException("at redis://:secret@h", new Exception("secret=x"));
    messages(0, false, true).error("Some", "at redis://:secret@h", Map.of(), thrown);
    messages(0, true, true).error("Some", "at redis://:secret@h", Map.of(), thrown);

    assertThat(text())
        .startsWith("name: at redis://(hidden)@h\njava.lang.IllegalStateException: at redis://(h")
        .contains("\n\tat io.syncengine.cli.", "secret=(hidden)", "\"trace\":\"java.lang.Ill")
        .doesNotContain(":secret", "secret=x");
  }

  private Messages messages(int columns, boolean json, boolean debug) {
    Launch launch = new Launch("some/name", columns, Launch.Out.OTHER);
    return new Messages(new PrintStream(err, true, UTF_8), launch, json, debug);
  }

  private String text() {
    return err.toString(UTF_8);
  }
}
