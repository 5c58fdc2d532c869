// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountedInputTest {
  @TempDir private Path folder;

  @Test
  void countsWhateverWayItIsRead() throws IOException {
    try (CountedInput input = new CountedInput(new ByteArrayInputStream(new byte[100]), -1)) {
      assertThat(input.total()).isZero();
      assertThat(input.read()).isZero();
      assertThat(input.read(new byte[9])).isEqualTo(9);
      assertThat(input.skip(5)).isEqualTo(5);
      assertThat(input.bytesRead()).isEqualTo(15);
      assertThat(input.readAllBytes()).hasSize(85);
      assertThat(input.read()).isEqualTo(-1);
      assertThat(input.bytesRead()).isEqualTo(100);
    }
  }

  @Test
  void knowsTheSizeOfAFile() throws IOException {
    Path file = Files.write(folder.resolve("f"), new byte[1234]);

    try (CountedInput input = CountedInput.open(file.toString())) {
      assertThat(input.total()).isEqualTo(1234);
    }
    assertThatThrownBy(() -> CountedInput.open(folder.toString())).hasMessage("it is a folder");
    assertThatThrownBy(() -> CountedInput.open(folder + "/none"))
        .isInstanceOf(NoSuchFileException.class);
  }
}
