// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of this project. */
final class Project {
  /** The folder that holds README.md. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final Set<String> NOT_SOURCES = Set.of("target", ".git", "sync-data");

  private Project() {}

  /** What a newcomer reads, by its path from the root. */
  static Stream<Document> documents() {
    return files(p -> p.toString().endsWith(".md")).map(Document::new);
  }

  /** All sources in Java. */
  static List<Path> sources() {
    return files(p -> p.toString().endsWith(".java")).toList();
  }

  /** All sources in Java of one module. */
  static List<Path> sources(String folder) {
    return sources().stream().filter(p -> p.startsWith(Path.of(folder, "src"))).toList();
  }

  /** All test classes' sources. */
  static List<Path> tests() {
    return sources().stream().filter(p -> p.toString().contains("/src/test/java/")).toList();
  }

  /** The source of the test class of that name. */
  static Path test(String simpleName) {
    return tests().stream()
        .filter(p -> p.endsWith(simpleName + ".java"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no test class " + simpleName));
  }

  static String read(Path path) {
    try {
      return Files.readString(ROOT.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path path, String text) {
    try {
      Files.writeString(ROOT.resolve(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> files(Predicate<Path> wanted) {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .map(ROOT::relativize)
          .filter(wanted)
          .filter(p -> !inGenerated(p))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean inGenerated(Path path) {
    for (Path part : path) {
      if (NOT_SOURCES.contains(part.toString())) {
        return true;
      }
    }
    return false;
  }
}
