// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** See the package. */
class DocumentsTest {
  private static final Pattern TEST_NAME = Pattern.compile("([A-Z]\\w*(?:Test|IT))(?:\\.(\\w+))?");

  private static final Path POM = Path.of("pom.xml");

  /** Whether to put the snippets' sources into the documents, instead of comparing them. */
  private static final boolean UPDATE = "update".equals(System.getProperty("sync.docs"));

  static Stream<Document> documents() {
    return Project.documents();
  }

  static Stream<CodeBlock> blocks() {
    return documents().flatMap(d -> d.blocks.stream());
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void everyBlockIsRunOrChecked(CodeBlock block) {
    switch (block.kind()) {
      case "snippet" -> requireSnippet(block);
      case "run by" -> requireRun(block);
      case "checked by" ->
          assertThat(Project.read(Project.test(block.source())))
              .as("the test that checks a block reads its document")
              .contains(block.document().getFileName().toString());
      case "picture" -> assertThat(block.language()).isEqualTo("text");
      default ->
          throw new AssertionError(
              "nothing says why this block can be trusted; put a marker before its fence, see "
                  + getClass().getPackageName());
    }
  }

  private static void requireSnippet(CodeBlock block) {
    String[] place = block.source().split("#");
    Path source = Path.of(place[0]);
    String text = place.length == 1 ? Project.read(source) : Region.of(source, place[1]);
    if (UPDATE) {
      block.replaceWith(text);
    } else {
      assertThat(block.text()).as("-Dsync.docs=update puts it right").isEqualTo(text);
    }
    assertThat(new Module(source).runs(source)).as("a test reaches " + source).isTrue();
  }

  private static void requireRun(CodeBlock block) {
    List<String> run = Project.read(Path.of(block.source())).lines().map(String::strip).toList();
    assertThat(run).containsAll(block.text().lines().toList());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Document document) {
    assertThat(document.links)
        .filteredOn(link -> !link.matches("[a-z]+:.*"))
        .allMatch(link -> exists(document, link));
  }

  private static boolean exists(Document document, String link) {
    String[] parts = link.split("#", 2);
    Path folder = Project.ROOT.resolve(document.path).getParent();
    Path target = parts[0].isEmpty() ? document.path : folder.resolve(parts[0]).normalize();
    return Files.exists(Project.ROOT.resolve(target))
        && (parts.length == 1 || new Document(target).anchors.contains(parts[1]));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyTestThatIsNamedExists(Document document) {
    for (String span : document.spans) {
      Matcher name = TEST_NAME.matcher(span);
      if (name.matches()) {
        String source = Project.read(Project.test(name.group(1)));
        if (name.group(2) != null) {
          assertThat(source).as(span).contains("void " + name.group(2) + "(");
        }
      }
    }
  }

  /** Commands in running text; those in blocks are run. */
  @ParameterizedTest
  @MethodSource("documents")
  void everyNameInACommandExists(Document document) {
    for (String span : document.spans) {
      names(span, "-Dsync\\.(\\w+)").forEach(name -> requireProperty("sync." + name));
      names(span, "-Dtest=(\\w+)").forEach(Project::test);
      names(span, "-pl ([\\w/-]+)")
          .forEach(module -> assertThat(Project.ROOT.resolve(module).resolve("pom.xml")).exists());
      names(span, "-P([\\w-]+)")
          .forEach(id -> assertThat(Project.read(POM)).contains("<id>" + id + "</id>"));
    }
  }

  private static Stream<String> names(String span, String pattern) {
    return Pattern.compile(pattern).matcher(span).results().map(result -> result.group(1));
  }

  private static void requireProperty(String name) {
    assertThat(Project.sources())
        .as("a source that reads the property " + name)
        .map(Project::read)
        .anyMatch(text -> text.contains('"' + name + '"') || text.contains('"' + name + '.'));
  }
}
