// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

/** Makes the JSON array of ids that stands for any number of parameters. */
final class JsonIds {
  private final StringBuilder text = new StringBuilder("[");

  /** Adds an id. Ids hold no control characters, so two characters need escaping. */
  void add(String id) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append('"');
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text + "]";
  }
}
