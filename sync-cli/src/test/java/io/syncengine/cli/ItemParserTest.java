// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.syncengine.model.ItemId;
import io.syncengine.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemParserTest {
  @Test
  void cutsContentOutOfAnyLine() {
    Seeds.forEach("cutsContentOutOfAnyLine", 5_000, ItemParserTest::checkRandomLine);
  }

  private static void checkRandomLine(long seed) {
    Random random = new Random(seed);
    RandomJson json = new RandomJson(random);
    String content = json.value(4);
    String id = "a.é😀\\\"." + random.nextInt(100);
    String idMember = "\"id\"" + json.space() + ":" + json.space() + quote(id);
    String contentMember = "\"content\"" + json.space() + ":" + json.space() + content;
    boolean idFirst = random.nextBoolean();
    String line =
        json.space()
            + "{"
            + json.space()
            + (idFirst ? idMember : contentMember)
            + json.space()
            + ","
            + json.space()
            + (idFirst ? contentMember : idMember)
            + json.space()
            + "}"
            + json.space();

    ItemLine parsed = parse(line.getBytes(UTF_8), random.nextInt(9));

    assertThat(parsed.refusal()).as(line).isNull();
    assertThat(parsed.id()).isEqualTo(id);
    assertThat(new String(parsed.content(), UTF_8)).isEqualTo(content);
    assertThat(JsonText.fitsInLine(parsed.content())).isTrue();
  }

  /** The reference reads characters, not bytes: another parser of Jackson's and other offsets. */
  @Test
  void agreesWithACharacterParserOnBrokenLines() {
    Seeds.forEach("agreesWithACharacterParser", 10_000, ItemParserTest::checkBrokenLine);
  }

  private static void checkBrokenLine(long seed) {
    Random random = new Random(seed);
    RandomJson json = new RandomJson(random);
    byte[] line =
        ("{\"id\":\"a.b\"," + json.space() + "\"content\":" + json.value(3) + json.space() + "}")
            .getBytes(UTF_8);
    for (int i = random.nextInt(3); i >= 0 && line.length > 0; i--) {
      line = broken(line, random);
    }

    ItemLine parsed = parse(line, 0);
    String[] expected = reference(line);

    if (expected == null) {
      assertThat(parsed.refusal()).as(new String(line, UTF_8)).isNotNull();
    } else {
      assertThat(parsed.refusal()).as(new String(line, UTF_8)).isNull();
      assertThat(parsed.id()).isEqualTo(expected[0]);
      assertThat(parsed.content()).isEqualTo(expected[1].getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|not a JSON object",
        "7|not a JSON object",
        "{}|no member id",
        "{\"id\":\"a\"}|no member content",
        "{\"content\":1}|no member id",
        "{\"id\":1,\"content\":1}|id is not a string",
        "{\"id\":null,\"content\":1}|id is not a string",
        "{\"id\":\"\",\"content\":1}|id is empty",
        "{\"id\":\"a\\nb\",\"content\":1}|control character",
        "{\"id\":\"\\ud800\",\"content\":1}|unpaired surrogate",
        "{\"id\":\"a\",\"id\":\"a\",\"content\":1}|member id is there twice",
        "{\"id\":\"a\",\"content\":1,\"content\":1}|content is there twice",
        "{\"id\":\"a\",\"content\":1,\"contentBase64\":\"\"}|content is there twice",
        "{\"id\":\"a\",\"content\":1,\"extra\":2}|a member that is neither",
        "{\"id\":\"a\",\"content\":1}{|more than one JSON value",
        "{\"id\":\"a\",\"content\":1} x|not JSON at byte",
        "{\"id\":\"a\",\"content\":1|not JSON at byte",
        "{\"id\":\"a\",\"content\":01}|not JSON at byte",
        "{\"id\":\"a\",\"content\":NaN}|not JSON at byte",
        "{\"id\":\"a\",\"content\":[1,]}|not JSON at byte",
        "{\"id\":\"a\",\"content\":'x'}|not JSON at byte",
        "{\"id\":\"a\",\"content\":{\"\\ud800\":1}}|Broken surrogate pair in field name",
        "{\"id\":\"a\",\"contentBase64\":\"?\"}|contentBase64 is not Base64",
        "{\"id\":\"a\",\"contentBase64\":7}|contentBase64 is not a string",
        "not json|not JSON at byte",
      })
  void refusesALineWithAReason(String line, String reason) {
    ItemLine parsed = parse(line.getBytes(UTF_8), 0);

    assertThat(parsed.refusal()).contains(reason).doesNotContain("\n");
    assertThat(parsed.isRefused()).isTrue();
    assertThat(parsed.content()).isEmpty();
  }

  @Test
  void refusesBytesThatAreNotUtf8EvenWhereTheParserWouldNotSee() {
    byte[][] illFormed = {
      {(byte) 0xc0, (byte) 0x80}, // an overlong NUL
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, // an encoded surrogate
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // past the last code point
      {(byte) 0xff},
      {(byte) 0xe2, (byte) 0x82} // cut short
    };
    for (byte[] bytes : illFormed) {
      byte[] line =
          concat("{\"id\":\"a\",\"content\":\"".getBytes(UTF_8), bytes, "\"}".getBytes(UTF_8));
      assertThat(parse(line, 0).refusal()).isEqualTo("ill-formed UTF-8 at byte 22");
    }
  }

  @Test
  void refusesUtf16InsteadOfGuessing() {
    byte[] line = "{\"id\":\"a\",\"content\":1}".getBytes(StandardCharsets.UTF_16LE);

    assertThat(parse(line, 0).refusal()).contains("NUL byte at 2").contains("UTF-8");
  }

  @Test
  void refusesDepthWithoutOverflowingTheStack() {
    int deep = JsonText.MAX_DEPTH + 10;
    String line = "{\"id\":\"a\",\"content\":" + "[".repeat(deep) + "]".repeat(deep) + "}";
    String fits = "[".repeat(JsonText.MAX_DEPTH - 1) + "]".repeat(JsonText.MAX_DEPTH - 1);

    assertThat(parse(line.getBytes(UTF_8), 0).refusal()).contains("not JSON");
    assertThat(parse(("{\"id\":\"a\",\"content\":" + fits + "}").getBytes(UTF_8), 0).content())
        .isEqualTo(fits.getBytes(UTF_8));
  }

  @Test
  void takesWhatJacksonLimitsByDefault() {
    String number = "1".repeat(5_000);
    String text = "\"" + "x".repeat(21_000_000) + "\"";
    String name = "{\"" + "n".repeat(60_000) + "\":1}";
    for (String content : new String[] {number, text, name}) {
      byte[] line = ("{\"id\":\"a\",\"content\":" + content + "}").getBytes(UTF_8);
      assertThat(parse(line, 0).content()).isEqualTo(content.getBytes(UTF_8));
    }
  }

  @Test
  void readsBase64() {
    ItemLine parsed = parse("{\"contentBase64\":\"AAH/\",\"id\":\"a\"}".getBytes(UTF_8), 0);

    assertThat(parsed.content()).isEqualTo(new byte[] {0, 1, -1});
  }

  @Test
  void base64IsTakenOnlyWhereAskedFor() {
    byte[] line = "{\"contentBase64\":\"AAH/\",\"id\":\"a\"}".getBytes(UTF_8);

    assertThat(ItemParser.parse(LineForm.JSON, 1, line, 0, line.length).refusal())
        .isEqualTo("contentBase64 is taken by import alone");
  }

  @Test
  void decodesNamesAndIdsThatAreEscaped() {
    ItemLine parsed = parse("{\"\\u0069d\":\"\\u0061\\u002eB\",\"content\":{}}".getBytes(UTF_8), 0);

    assertThat(parsed.id()).isEqualTo("a.B");
  }

  private static ItemLine parse(byte[] line, int padding) {
    byte[] padded = new byte[padding + line.length + padding];
    Arrays.fill(padded, (byte) '"');
    System.arraycopy(line, 0, padded, padding, line.length);
    return ItemParser.parse(LineForm.EXPORTED, 1, padded, padding, line.length);
  }

  private static String quote(String text) {
    return new String(JsonText.quoted(text), UTF_8);
  }

  private static byte[] broken(byte[] line, Random random) {
    int at = random.nextInt(line.length);
    byte[] odd = "\"\\{}[]:,0 e\u0001é".getBytes(UTF_8);
    return switch (random.nextInt(4)) {
      case 0 -> concat(Arrays.copyOf(line, at), Arrays.copyOfRange(line, at + 1, line.length));
      case 1 ->
          concat(
              Arrays.copyOf(line, at),
              new byte[] {odd[random.nextInt(odd.length)]},
              Arrays.copyOfRange(line, at, line.length));
      case 2 -> Arrays.copyOf(line, at + 1);
      default -> {
        byte[] changed = line.clone();
        changed[at] =
            random.nextBoolean() ? odd[random.nextInt(odd.length)] : (byte) random.nextInt();
        yield changed;
      }
    };
  }

  /** Id and content by another road, or null for a line that is to be refused. */
  private static String[] reference(byte[] line) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
    String id = null;
    String content = null;
    try (JsonParser json = new JsonFactory().createParser(new StringReader(text))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        if (name.equals("id") && id == null && token == JsonToken.VALUE_STRING) {
          id = json.getText();
        } else if (name.equals("content") && content == null) {
          int from = (int) json.currentTokenLocation().getCharOffset();
          json.skipChildren();
          json.finishToken();
          content = text.substring(from, (int) json.currentLocation().getCharOffset());
        } else {
          return null;
        }
      }
      if (json.nextToken() != null || id == null || content == null) {
        return null;
      }
      ItemId.requireValid(id);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new String[] {id, content};
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
