// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Pattern;

/** A part of the project that is built by itself: a folder with a pom.xml. */
final class Module {
  private static final Pattern TEST = Pattern.compile(".*/src/test/java/.*(Test|IT)\\.java");

  private final String folder;

  /** The module of a source. */
  Module(Path source) {
    this.folder = source.toString().replaceFirst("/(src/.*|pom\\.xml)$", "");
  }

  /**
   * Whether the build compiles a source and a test of its module runs it: it is a test, or a test
   * names its type, or a type that a test names does so, and so on. Of what is no Java, whether the
   * module is built.
   */
  boolean runs(Path source) {
    boolean built =
        Project.read(Path.of("pom.xml")).contains("<module>" + folder + "</module>")
            || Project.read(Path.of(".ci", "run")).contains(folder);
    String path = source.toString();
    return built
        && (!path.endsWith(".java") || path.endsWith("module-info.java") || reached(source));
  }

  private boolean reached(Path wanted) {
    Set<Path> open = new HashSet<>(Project.sources(folder));
    Queue<Path> reached = new ArrayDeque<>();
    open.stream().filter(s -> TEST.matcher(s.toString()).matches()).forEach(reached::add);
    open.removeAll(reached);
    while (!reached.isEmpty()) {
      Path source = reached.remove();
      if (source.equals(wanted)) {
        return true;
      }
      String text = Project.read(source);
      Set<Path> named = new HashSet<>();
      open.stream().filter(s -> names(text, s)).forEach(named::add);
      open.removeAll(named);
      reached.addAll(named);
    }
    return false;
  }

  private static boolean names(String text, Path source) {
    String type = source.getFileName().toString().replace(".java", "");
    return Pattern.compile("\\b" + type + "\\b").matcher(text).find();
  }
}
