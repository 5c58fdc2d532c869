// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.ItemId;
import io.syncengine.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ingest A, ingest B over it as a mirror, export: exactly the ids and content bytes of B. */
class RoundTripIT {
  private static final String PREFIX = "org.mdn.bcd";
  private static final String[] SEGMENTS = {
    "a",
    "A",
    "aa",
    "api",
    "Crypto",
    "crypto",
    "@@iterator",
    "é",
    "É",
    "日本",
    "😀",
    "\ufffd",
    "-",
    " ",
    "\\\"",
    "0"
  };

  @TempDir private Path folder;

  @Test
  void ofTheTwoReleases() {
    Path data = Path.of("..", "examples", "data").toAbsolutePath().normalize();

    SyncProcess sync = new SyncProcess(folder);
    sync.run("ingest", data.resolve("bcd-7.0.0.ndjson.gz").toString(), "--no-progress").done();
    byte[] second = read(data.resolve("bcd-8.0.0.ndjson.gz"));
    sync.run(second, "ingest", "-", "--mirror", PREFIX, "--no-progress").done();
    byte[] exported = sync.run("export", PREFIX, "--no-progress").done().out();

    Map<String, byte[]> expected = items(second);
    assertThat(expected).hasSize(19_752);
    assertSame(exported, expected);
  }

  @Test
  void ofOddFiles() {
    Seeds.forEach("ofOddFiles", 3, this::checkRandomFiles);
  }

  private void checkRandomFiles(long seed) {
    Random random = new Random(seed);
    Path own = folder.resolve("seed-" + seed);
    StoreFiles.makeFolder(own);
    SyncProcess sync = new SyncProcess(own);
    byte[] second = file(random, 1500);

    sync.run(file(random, 1500), "ingest", "-").done();
    sync.run(second, "ingest", "-", "--mirror", PREFIX, "--yes").done();
    byte[] exported = sync.run("export", PREFIX).done().out();

    assertSame(exported, items(second));
  }

  /** The exported lines one by one: sorted, in one form, the same bytes. */
  private static void assertSame(byte[] exported, Map<String, byte[]> expected) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    expected.forEach(
        (id, content) -> {
          lines.writeBytes("{\"id\":".getBytes(UTF_8));
          lines.writeBytes(JsonText.quoted(id));
          lines.writeBytes(",\"content\":".getBytes(UTF_8));
          lines.writeBytes(content);
          lines.writeBytes("}\n".getBytes(UTF_8));
        });
    assertThat(exported).isEqualTo(lines.toByteArray());
  }

  private static Map<String, byte[]> items(byte[] file) {
    Map<String, byte[]> items = new TreeMap<>(ItemId.BYTE_ORDER);
    try (NdjsonReader reader = new NdjsonReader(new ByteArrayInputStream(file), LineForm.JSON)) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        assertThat(line.refusal()).isNull();
        items.put(line.id(), line.content());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return items;
  }

  private static byte[] file(Random random, int lines) {
    RandomJson json = new RandomJson(random);
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "\ufeff" : "");
    for (int i = 0; i < lines; i++) {
      StringBuilder id = new StringBuilder(PREFIX);
      for (int depth = random.nextInt(12); depth > 0; depth--) {
        id.append('.').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
      }
      String idMember = "\"id\"" + json.space() + ":" + json.space() + "\"" + id + "\"";
      String content = "\"content\"" + json.space() + ":" + json.space() + json.value(4);
      boolean first = random.nextBoolean();
      text.append('{').append(json.space()).append(first ? idMember : content);
      text.append(json.space()).append(',').append(json.space());
      text.append(first ? content : idMember).append(json.space()).append('}');
      text.append(random.nextBoolean() ? "\r\n" : "\n");
    }
    return text.toString().getBytes(UTF_8);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
