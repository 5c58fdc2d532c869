// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/** Small pieces of JSON, in and out. Stateless; safe from any thread. */
final class JsonText {
  /** Arrays and objects in each other; what is deeper is not taken for JSON. */
  static final int MAX_DEPTH = 10_000;

  /** Strict JSON (RFC 8259). No limit but the depth: the line's length bounds all others. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonText() {}

  /** A string with its quotes, as UTF-8. */
  static byte[] quoted(String text) {
    byte[] inner = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    byte[] quoted = new byte[inner.length + 2];
    quoted[0] = '"';
    System.arraycopy(inner, 0, quoted, 1, inner.length);
    quoted[inner.length + 1] = '"';
    return quoted;
  }

  /**
   * Whether content can stand in a line of NDJSON just as it is and come out of {@link ItemParser}
   * as the same bytes: one JSON value in well-formed UTF-8, no line feed in it, no space around it.
   */
  static boolean fitsInLine(byte[] content) {
    if (content.length == 0
        || isSpace(content[0])
        || isSpace(content[content.length - 1])
        || content[0] == (byte) 0xef // a byte order mark, which the parser would pass over
        || !Utf8.isLineText(content, 0, content.length)) {
      return false;
    }
    try (JsonParser parser = FACTORY.createParser(content)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** A map of texts, numbers, truth values, nulls and such maps as a JSON object in one line. */
  static String object(Map<String, ?> facts) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(generator, facts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> e : map.entrySet()) {
        generator.writeFieldName(String.valueOf(e.getKey()));
        write(generator, e.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        write(generator, element);
      }
      generator.writeEndArray();
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      generator.writeRawValue(String.valueOf(value));
    } else {
      generator.writeString(value.toString());
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
