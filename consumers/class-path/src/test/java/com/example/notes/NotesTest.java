// SPDX-License-Identifier: AGPL-3.0-only
package com.example.notes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotesTest {
  @TempDir private Path folder;

  @Test
  void whatWasKeptIsThereAfterARestartAndWhatWasDroppedIsNot() {
    try (Notes notes = new Notes(folder)) {
      notes.keep("home.milk", "two bottles");
      notes.keep("home.bread", "one loaf");
      notes.drop("home.bread");
    }
    try (Notes notes = new Notes(folder)) {
      assertThat(notes.find("home.milk")).hasValue("two bottles");
      assertThat(notes.find("home.bread")).isEmpty();
    }
  }
}
