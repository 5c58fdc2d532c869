// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every test that {@code docs/guarantees.md} names exists, and every test of a promise is named.
 */
class GuaranteesDocumentTest {
  private static final Pattern NAME = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");
  private static final Pattern METHOD =
      Pattern.compile("@(?:Parameterized)?Test\\b(?s:.*?)void (\\w+)\\(");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/guarantees.md"))) {
      folder = folder.getParent();
      assertThat(folder).as("a folder with docs/guarantees.md").isNotNull();
    }
    return folder;
  }

  private static Set<String> named() throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher matcher = NAME.matcher(Files.readString(root().resolve("docs/guarantees.md")));
    while (matcher.find()) {
      names.add(matcher.group(1) + "." + matcher.group(2));
    }
    return names;
  }

  private static Map<String, Set<String>> tests() throws IOException {
    Map<String, Set<String>> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(root(), 12)) {
      for (Path file :
          files.filter(f -> f.toString().matches(".*/src/test/java/.*(Test|IT)\\.java")).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        Matcher matcher = METHOD.matcher(Files.readString(file));
        while (matcher.find()) {
          tests.computeIfAbsent(type, t -> new TreeSet<>()).add(type + "." + matcher.group(1));
        }
      }
    }
    return tests;
  }

  @Test
  void everyTestThatItNamesExists() throws IOException {
    Set<String> all = new TreeSet<>();
    tests().values().forEach(all::addAll);
    Set<String> named = named();
    assertThat(named).hasSizeGreaterThan(100);
    named.removeAll(all);
    assertThat(named).as("named, but not there").isEmpty();
  }

  @Test
  void everyPromiseHasATestThatFailsWithoutIt() throws IOException {
    Set<String> named = named();
    Map<String, Set<String>> tests = tests();
    for (int promise : new int[] {1, 2, 3, 4, 5, 6, 7, 9, 10}) {
      String prefix = "P" + promise;
      String type =
          tests.keySet().stream()
              .filter(t -> t.matches(prefix + "[A-Z].*"))
              .findFirst()
              .orElseThrow();
      assertThat(named).anyMatch(n -> n.startsWith(type + ".fails"));
    }
  }

  @Test
  void everyTestOfAPromiseIsNamed() throws IOException {
    Set<String> ofPromises = new TreeSet<>();
    tests()
        .forEach(
            (type, methods) -> {
              if (type.matches("P\\d+[A-Z].*|BadInputTest|OutageTest|LifecycleTest")) {
                ofPromises.addAll(methods);
              }
            });
    ofPromises.removeAll(named());
    assertThat(ofPromises).as("there, but not named").isEmpty();
  }
}
