// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.syncengine.model.ItemId;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads the object of one line: {@code id}, and {@code content} or, where that is taken, {@code
 * contentBase64}, in any order. The content is cut out of the line by the parser's byte offsets and
 * never written anew. A member that would be lost (unknown, or there twice) refuses the line. For
 * one line.
 */
final class ItemParser {
  private static final int MAX_REASON = 160;

  private final LineForm form;
  private final byte[] line;
  private final int offset;
  private final int length;
  private @Nullable String id;
  private byte @Nullable [] content;

  private ItemParser(LineForm form, byte[] line, int offset, int length) {
    this.form = form;
    this.line = line;
    this.offset = offset;
    this.length = length;
  }

  /**
   * Reads a line.
   *
   * @param form which lines are taken
   * @param number the line's number
   * @param line holds the line's bytes; not kept
   * @param offset where they begin
   * @param length how many they are
   * @return the item, or why it is none
   */
  static ItemLine parse(LineForm form, long number, byte[] line, int offset, int length) {
    ItemParser parser = new ItemParser(form, line, offset, length);
    try {
      return parser.run(number);
    } catch (JsonProcessingException e) {
      return ItemLine.refused(number, reason(e));
    } catch (IllegalArgumentException e) {
      return ItemLine.refused(number, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new AssertionError("a parser over an array does no I/O", e);
    }
  }

  private ItemLine run(long number) throws IOException {
    checkBytes();
    try (JsonParser json = JsonText.FACTORY.createParser(line, offset, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw refuse("not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "id" -> readId(json);
          case "content" -> readContent(slice(json));
          case "contentBase64" -> readContent(decoded(json));
          default -> throw refuse("a member that is neither " + members());
        }
      }
      if (json.nextToken() != null) {
        throw refuse("more than one JSON value");
      }
    }
    if (id == null || content == null) {
      throw refuse(id == null ? "no member id" : "no member content");
    }
    return new ItemLine(number, ItemId.requireValid(id), content, null);
  }

  private void checkBytes() {
    for (int i = offset; i < offset + length; i++) {
      if (line[i] == 0) { // the parser would take the line for UTF-16
        throw refuse("a NUL byte at " + (i - offset + 1) + "; the input has to be UTF-8");
      }
    }
    int malformed = Utf8.malformedAt(line, offset, length);
    if (malformed >= 0) {
      throw refuse("ill-formed UTF-8 at byte " + (malformed + 1));
    }
  }

  private void readId(JsonParser json) throws IOException {
    if (id != null) {
      throw refuse("member id is there twice");
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw refuse("id is not a string");
    }
    id = json.getText();
  }

  private void readContent(byte[] bytes) {
    if (content != null) {
      throw refuse("the content is there twice");
    }
    content = bytes;
  }

  private byte[] slice(JsonParser json) throws IOException {
    int from = offset + (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken(); // a string is read to its end only when asked for
    int to = offset + (int) json.currentLocation().getByteOffset();
    return Arrays.copyOfRange(line, from, to);
  }

  private byte[] decoded(JsonParser json) throws IOException {
    if (form == LineForm.JSON) {
      throw refuse("contentBase64 is taken by import alone");
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw refuse("contentBase64 is not a string");
    }
    try {
      return Base64.getDecoder().decode(json.getText());
    } catch (IllegalArgumentException e) {
      throw refuse("contentBase64 is not Base64");
    }
  }

  private String members() {
    return form == LineForm.JSON ? "id nor content" : "id nor content nor contentBase64";
  }

  private static IllegalArgumentException refuse(String why) {
    return new IllegalArgumentException(why);
  }

  private static String reason(JsonProcessingException e) {
    String text = e.getOriginalMessage().lines().findFirst().orElse("");
    int detail = text.indexOf(" (start marker");
    text = detail < 0 ? text : text.substring(0, detail);
    text = text.length() > MAX_REASON ? text.substring(0, MAX_REASON) + "…" : text;
    long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    return "not JSON" + (at < 0 ? ": " : " at byte " + (at + 1) + ": ") + text;
  }
}
