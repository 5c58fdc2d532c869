// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Maven makes us write in several poms is the same in all of them. */
class PomsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pom PARENT = Pom.read(ROOT.resolve("pom.xml"));

  @Test
  void everyPomHasTheSameGroupAndVersion() throws IOException {
    for (Pom pom : poms()) {
      if (pom.isOurs()) {
        assertThat(pom.coordinate("groupId")).as(pom.name()).isEqualTo(group());
        assertThat(pom.coordinate("version")).as(pom.name()).isEqualTo(version());
      } else {
        assertThat(pom.properties()).as(pom.name()).containsEntry(Pom.USED_VERSION, version());
      }
    }
  }

  @Test
  void ourDependenciesNameTheGroupByItsProperty() throws IOException {
    for (Pom pom : poms()) {
      assertThat(pom.all("dependency"))
          .as(pom.name())
          .filteredOn(d -> d.text("artifactId").startsWith("sync-"))
          .extracting(d -> d.text("groupId"))
          .allMatch((pom.isOurs() ? "${project.groupId}" : group())::equals);
    }
  }

  @Test
  void anArtifactHasOneVersion() throws IOException {
    Map<String, Set<String>> versions = new TreeMap<>();
    for (Pom pom : poms()) {
      pom.versions(PARENT.properties())
          .forEach((a, v) -> versions.computeIfAbsent(a, k -> new TreeSet<>()).addAll(v));
      pom.properties().entrySet().stream()
          .filter(p -> p.getKey().endsWith(".version"))
          .forEach(
              p -> versions.computeIfAbsent(p.getKey(), k -> new TreeSet<>()).add(p.getValue()));
    }
    assertThat(versions).hasSizeGreaterThan(20).allSatisfy((a, v) -> assertThat(v).hasSize(1));
  }

  @Test
  void theBomListsWhatIsPublished() {
    Set<String> published =
        PARENT.all("module").stream()
            .map(PomElement::text)
            .filter(m -> !m.equals("sync-bom"))
            .map(m -> Pom.read(ROOT.resolve(m).resolve("pom.xml")))
            .filter(pom -> !"true".equals(pom.properties().get("maven.deploy.skip")))
            .map(pom -> pom.coordinate("artifactId"))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> listed =
        Pom.read(ROOT.resolve("sync-bom/pom.xml")).all("dependency").stream()
            .filter(d -> d.text("groupId").equals("${project.groupId}"))
            .map(d -> d.text("artifactId"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(published).contains("sync-core");
    assertThat(listed).isEqualTo(published);
  }

  private static String group() {
    return PARENT.coordinate("groupId");
  }

  private static String version() {
    return PARENT.coordinate("version");
  }

  private static List<Pom> poms() throws IOException {
    try (Stream<Path> files =
        Files.find(ROOT, 4, (file, attributes) -> file.endsWith("pom.xml") && !inTarget(file))) {
      List<Pom> found = files.map(Pom::read).toList();
      assertThat(found).hasSizeGreaterThan(8);
      return found;
    }
  }

  private static boolean inTarget(Path file) {
    for (Path part : file) {
      if (part.toString().equals("target")) {
        return true;
      }
    }
    return false;
  }
}
