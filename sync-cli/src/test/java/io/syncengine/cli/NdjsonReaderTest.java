// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class NdjsonReaderTest {
  private static final String A = "{\"id\":\"a\",\"content\":1}";
  private static final String B = "{\"id\":\"b\",\"content\":{\"x\":  2}}";

  @Test
  void readsLinesWithAnyEnd() {
    for (String input : List.of(A + "\n" + B, A + "\n" + B + "\n", A + "\r\n" + B + "\r\n")) {
      assertThat(ids(read(input.getBytes(UTF_8)))).containsExactly("a", "b");
    }
  }

  @Test
  void passesOverBlankLinesAndCountsThem() {
    List<ItemLine> lines = read(("\n \t\r\n" + A + "\n\n\r\n" + B).getBytes(UTF_8));

    assertThat(ids(lines)).containsExactly("a", "b");
    assertThat(lines).extracting(ItemLine::number).containsExactly(3L, 6L);
  }

  @Test
  void passesOverAByteOrderMarkAtTheStartAlone() {
    List<ItemLine> lines = read(("\ufeff" + A + "\n\ufeff" + B).getBytes(UTF_8));

    assertThat(lines.get(0).content()).isEqualTo("1".getBytes(UTF_8));
    assertThat(lines.get(0).refusal()).isNull();
  }

  @Test
  void anEmptyInputHasNoLines() throws IOException {
    assertThat(read(new byte[0])).isEmpty();
    assertThat(read(new byte[] {'\n'})).isEmpty();
    assertThat(read("\ufeff".getBytes(UTF_8))).isEmpty();
    assertThat(read(zipped(new byte[0]))).isEmpty();
  }

  @Test
  void goesOnAfterABadLine() {
    List<ItemLine> lines = read((A + "\nbad\n" + B + "\n{").getBytes(UTF_8));

    assertThat(lines).extracting(ItemLine::isRefused).containsExactly(false, true, false, true);
    assertThat(lines).extracting(ItemLine::number).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void refusesALineThatIsTooLongAndGoesOn() throws IOException {
    String fits = "{\"id\":\"a\",\"content\":\"" + "x".repeat(200_000 - 23) + "\"}";
    assertThat(fits).hasSize(200_000);
    for (String end : List.of("", "\n", "\n" + B)) {
      byte[] input = (B + "\n" + fits + "\n" + fits.replace("\"}", "x\"}") + end).getBytes(UTF_8);
      List<ItemLine> lines = read(input, 200_000);
      assertThat(lines).extracting(ItemLine::isRefused).startsWith(false, false, true);
      assertThat(lines).hasSize(end.length() > 1 ? 4 : 3);
      assertThat(lines.get(2).refusal()).contains("longer than");
    }
  }

  @Test
  void readsALineOf60MiB() {
    byte[] line = new byte[60 << 20];
    Arrays.fill(line, (byte) 'x');
    byte[] head = "{\"id\":\"a\",\"content\":\"".getBytes(UTF_8);
    System.arraycopy(head, 0, line, 0, head.length);
    line[line.length - 2] = '"';
    line[line.length - 1] = '}';

    List<ItemLine> lines = read(line);

    assertThat(lines.get(0).refusal()).isNull();
    assertThat(lines.get(0).content()).hasSize((60 << 20) - head.length);
  }

  @Test
  void readsGzipOfSeveralMembersAlsoFromAPipeThatIsSlow() throws IOException {
    byte[] first = zipped((A + "\n").getBytes(UTF_8));
    byte[] input = ItemParserTest.concat(first, zipped(B.getBytes(UTF_8)));

    assertThat(ids(read(input))).containsExactly("a", "b");
    assertThat(ids(readAll(new Trickle(input, first.length), 1 << 20))).containsExactly("a", "b");
  }

  @Test
  void saysThatGzipBreaksOff() throws IOException {
    byte[] whole = zipped((A + "\n" + B + "\n").repeat(10_000).getBytes(UTF_8));

    List<ItemLine> lines = read(Arrays.copyOf(whole, whole.length / 2));

    assertThat(lines.get(lines.size() - 1).refusal()).contains("breaks off");
    assertThat(lines.subList(0, lines.size() - 1)).noneMatch(ItemLine::isRefused);
  }

  @Test
  void saysThatGzipIsDamaged() throws IOException {
    byte[] whole = zipped((A + "\n" + B + "\n").repeat(10_000).getBytes(UTF_8));
    whole[whole.length - 6] ^= 1; // the checksum

    List<ItemLine> lines = read(whole);

    assertThat(lines.get(lines.size() - 1).refusal()).contains("breaks off");
  }

  /** Whatever the sizes in which bytes arrive, the lines are those of the text. */
  @Test
  void cutsLinesWhateverArrivesAtOnce() {
    Seeds.forEach("cutsLinesWhateverArrivesAtOnce", 300, NdjsonReaderTest::checkRandomInput);
  }

  private static void checkRandomInput(long seed) {
    Random random = new Random(seed);
    RandomJson json = new RandomJson(random);
    StringBuilder input = new StringBuilder(random.nextBoolean() ? "\ufeff" : "");
    List<String> contents = new ArrayList<>();
    for (int i = random.nextInt(40); i >= 0; i--) {
      String content =
          random.nextInt(10) == 0
              ? "\"" + "y".repeat(random.nextInt(90_000)) + "\""
              : json.value(3);
      contents.add(content);
      input.append("{\"content\":").append(content).append(",\"id\":\"a\"}");
      input.append(i == 0 && random.nextBoolean() ? "" : random.nextBoolean() ? "\r\n" : "\n");
    }

    byte[] bytes = input.toString().getBytes(UTF_8);
    List<ItemLine> lines = readAll(new Trickle(bytes, 1 + random.nextInt(5_000)), 1 << 20);

    assertThat(lines)
        .extracting(line -> new String(line.content(), UTF_8))
        .containsExactlyElementsOf(contents);
  }

  private static List<String> ids(List<ItemLine> lines) {
    return lines.stream().map(ItemLine::id).toList();
  }

  private static List<ItemLine> read(byte[] input) {
    return read(input, NdjsonReader.MAX_LINE_BYTES);
  }

  private static List<ItemLine> read(byte[] input, int maxLineBytes) {
    return readAll(new ByteArrayInputStream(input), maxLineBytes);
  }

  private static List<ItemLine> readAll(InputStream in, int maxLineBytes) {
    List<ItemLine> lines = new ArrayList<>();
    try (NdjsonReader reader = new NdjsonReader(in, LineForm.JSON, maxLineBytes)) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  static byte[] zipped(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(plain);
    }
    return out.toByteArray();
  }

  /** Gives so many bytes at once and never knows whether there will be more. */
  private static final class Trickle extends InputStream {
    private final byte[] bytes;
    private final int atOnce;
    private int position;

    Trickle(byte[] bytes, int atOnce) {
      this.bytes = bytes;
      this.atOnce = atOnce;
    }

    @Override
    public int read() {
      return position == bytes.length ? -1 : bytes[position++] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (position == bytes.length) {
        return -1;
      }
      int n = Math.min(Math.min(atOnce - position % atOnce, length), bytes.length - position);
      System.arraycopy(bytes, position, into, offset, n);
      position += n;
      return n;
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
