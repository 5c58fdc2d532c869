// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Random;

/** Odd but valid JSON texts of one line, repeatable by the random generator's seed. */
final class RandomJson {
  private static final String[] SPACE = {"", "", "", " ", "  ", "\t", "\r", " \t "};
  private static final String[] NUMBERS = {
    "0", "-0", "0.0", "1e999999", "-1.50E+00", "12345678901234567890123456789", "3.14", "1E-7"
  };
  private static final String[] CHARACTERS = {
    "a",
    "Z",
    " ",
    "  ",
    "\\n",
    "\\\"",
    "\\\\",
    "\\/",
    "\\u0000",
    "\\u00e9",
    "\\ud83d\\ude00",
    "é",
    "ß",
    "€",
    "日本",
    "😀",
    "\u2028",
    "\u0085",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "'",
    "\ufeff",
    "\\ud800"
  };

  private final Random random;

  RandomJson(Random random) {
    this.random = random;
  }

  /** A value of any type without space around it. */
  String value(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> "null";
      case 1 -> random.nextBoolean() ? "true" : "false";
      case 2, 3 -> NUMBERS[random.nextInt(NUMBERS.length)];
      case 4, 5 -> string();
      case 6, 7 -> container('{', '}', depth);
      default -> container('[', ']', depth);
    };
  }

  /** A string with its quotes. In a name, half of a surrogate pair is not JSON to Jackson. */
  String string() {
    return text(CHARACTERS.length);
  }

  private String name() {
    return text(CHARACTERS.length - 1);
  }

  private String text(int characters) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(characters)]);
    }
    return text.append('"').toString();
  }

  /** White space that may stand between tokens in a line. */
  String space() {
    return SPACE[random.nextInt(SPACE.length)];
  }

  private String container(char open, char close, int depth) {
    StringBuilder text = new StringBuilder().append(open).append(space());
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      text.append(i == 0 ? "" : "," + space());
      if (open == '{') {
        text.append(name()).append(space()).append(':').append(space());
      }
      text.append(value(depth - 1)).append(space());
    }
    return text.append(close).toString();
  }
}
