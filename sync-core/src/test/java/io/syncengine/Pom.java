// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** A pom as it stands in its file, nothing inherited. */
record Pom(String name, PomElement root) {
  /** The property by which the project of a user says which version of ours it uses. */
  static final String USED_VERSION = "syncengine.version";

  static Pom read(Path file) {
    try {
      Element root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement();
      return new Pom(file.toString(), new PomElement(root));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SAXException | ParserConfigurationException e) {
      throw new IllegalStateException("cannot parse " + file, e);
    }
  }

  /** False for the projects of users. */
  boolean isOurs() {
    return !properties().containsKey(USED_VERSION);
  }

  /** The pom's own coordinate, or else its parent's. */
  String coordinate(String part) {
    String own = root.text(part);
    return own.isEmpty() ? root.child("parent").orElseThrow().text(part) : own;
  }

  /** Properties outside of profiles. */
  Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    root.child("properties")
        .ifPresent(p -> p.children().forEach(c -> properties.put(c.name(), c.text())));
    return properties;
  }

  List<PomElement> all(String name) {
    List<PomElement> found = new ArrayList<>();
    collect(root, name, found);
    return found;
  }

  private static void collect(PomElement from, String name, List<PomElement> into) {
    for (PomElement child : from.children()) {
      if (child.name().equals(name)) {
        into.add(child);
      }
      collect(child, name, into);
    }
  }

  /** Versions given to plugins and dependencies here; properties are looked up here, then above. */
  Map<String, Set<String>> versions(Map<String, String> above) {
    Map<String, String> known = new TreeMap<>(above);
    known.putAll(properties());
    Map<String, Set<String>> versions = new TreeMap<>();
    for (String kind : List.of("plugin", "dependency")) {
      for (PomElement element : all(kind)) {
        String version = element.text("version");
        if (!version.isEmpty()) {
          for (Map.Entry<String, String> property : known.entrySet()) {
            version = version.replace("${" + property.getKey() + "}", property.getValue());
          }
          versions.computeIfAbsent(element.text("artifactId"), k -> new TreeSet<>()).add(version);
        }
      }
    }
    versions.keySet().removeIf(artifact -> artifact.startsWith("sync-"));
    return versions;
  }
}
