// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Looks for a server on this machine. */
final class LocalProbe implements Probe {
  private static final List<String> MORE_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin");

  private final Product product;
  private final Cache cache;

  LocalProbe(Product product, Cache cache) {
    this.product = product;
    this.cache = cache;
  }

  @Override
  public Source look(Place place) throws IOException, UnavailableException {
    Path path =
        switch (place) {
          case OVERRIDE -> named();
          case JAR -> ServerJar.of(product).unpack(cache);
          case PATH -> installed();
          case CONTAINER -> null;
        };
    return path == null ? null : new LocalSource(product, Program.at(path, product), place, cache);
  }

  private Path named() {
    String path = System.getProperty(SourceChoice.FORCE + "." + product.key());
    return path == null || path.isEmpty() ? null : Path.of(path);
  }

  private Path installed() {
    Set<String> folders = new LinkedHashSet<>();
    String path = System.getenv("PATH");
    if (path != null) {
      folders.addAll(List.of(path.split(File.pathSeparator)));
    }
    folders.addAll(MORE_FOLDERS);
    for (String program : product.programs()) {
      for (String folder : folders) {
        Path candidate = Path.of(folder, program);
        if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
          return candidate;
        }
      }
    }
    return null;
  }
}
