// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of {@code docs/synchronization.md} name the shared fields, and the pages' classes
 * exist.
 */
class SynchronizationDocumentTest {
  private static final Path DOCUMENT = Path.of("docs", "synchronization.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|(.*)\\|$");
  private static final Pattern SPAN = Pattern.compile("`(\\w+)`");
  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|interface|record|enum) (\\w+)");
  private static final Pattern CLASS_NAME = Pattern.compile("[A-Z]\\w*[a-z]\\w*");

  /** The rows of the tables by class. */
  private static Map<String, String> rows() {
    Map<String, String> rows = new LinkedHashMap<>();
    String text = Project.read(DOCUMENT);
    Matcher row = ROW.matcher(text.substring(text.indexOf("## Shared fields")));
    while (row.find()) {
      assertThat(rows.put(row.group(1), row.group(2))).as(row.group(1) + " twice").isNull();
    }
    return rows;
  }

  static Stream<SharedFields> classes() {
    return Project.sources().stream()
        .filter(p -> p.toString().contains("/src/main/java/"))
        .map(SharedFields::of);
  }

  static Stream<SharedFields> classesWithSharedFields() {
    return classes().filter(SharedFields::any);
  }

  @ParameterizedTest
  @MethodSource("classesWithSharedFields")
  void everySharedFieldIsInTheTables(SharedFields type) {
    String row = rows().get(type.name());
    assertThat(row)
        .as("%s shares state between threads; give it a row in %s", type, DOCUMENT)
        .isNotNull();
    assertThat(spans(row)).as("fields in the row of %s", type).containsAll(type.toBeNamed());
  }

  @Test
  void everyFieldInTheTablesExists() {
    // By name, since two modules may have a class of one name.
    Map<String, List<SharedFields>> types =
        classes().collect(Collectors.groupingBy(SharedFields::name));
    Map<String, String> rows = rows();
    assertThat(rows).hasSizeGreaterThan(50);
    rows.forEach(
        (type, row) -> {
          assertThat(types).as("sources").containsKey(type);
          for (String span : spans(row)) {
            boolean known =
                types.containsKey(span)
                    || types.get(type).stream().anyMatch(source -> source.mentions(span));
            assertThat(known).as("%s in the row of %s exists", span, type).isTrue();
          }
        });
  }

  @Test
  void everyClassThatIsNamedExists() {
    Map<String, String> declared = declarations();
    Set<String> missing = new TreeSet<>();
    for (String page : List.of("architecture.md", "synchronization.md")) {
      for (String span : new Document(Path.of("docs", page)).spans) {
        String[] parts = span.split("\\.");
        if (CLASS_NAME.matcher(parts[0]).matches()
            && !declared.getOrDefault(parts[0], "").contains(parts[parts.length - 1])) {
          missing.add(page + ": " + span);
        }
      }
    }
    assertThat(missing).as("named, but not there").isEmpty();
  }

  /** The sources in which a class is declared, put together, by its simple name. */
  private static Map<String, String> declarations() {
    Map<String, String> texts = new HashMap<>();
    for (Path source : Project.sources()) {
      String text = Project.read(source);
      Matcher declaration = DECLARATION.matcher(text);
      while (declaration.find()) {
        texts.merge(declaration.group(1), text, String::concat);
      }
    }
    return texts;
  }

  private static Set<String> spans(String row) {
    Set<String> spans = new TreeSet<>();
    Matcher span = SPAN.matcher(row);
    while (span.find()) {
      spans.add(span.group(1));
    }
    return spans;
  }
}
