// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a server on this machine, in a container last.
 *
 * @param <S> what servers can be made of
 */
final class LocalProbe<S> implements Probe<S> {
  private static final List<String> MORE_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin");

  private final Product product;
  private final Cache cache;
  private final Use<S> use;

  private final Containers<S> containers;

  /** Makes a source of a program that runs here. */
  interface Use<S> {
    S of(Program program, Place place);
  }

  /** Makes a source of a Docker that answers. */
  interface Containers<S> {
    S of() throws UnavailableException;
  }

  LocalProbe(Product product, Cache cache, Use<S> use, Containers<S> containers) {
    this.containers = containers;
    this.product = product;
    this.cache = cache;
    this.use = use;
  }

  @Override
  public @Nullable S look(Place place) throws IOException, UnavailableException {
    if (place == Place.CONTAINER) {
      Docker.ofThisMachine().require();
      return containers.of();
    }
    Path path =
        switch (place) {
          case OVERRIDE -> named();
          case JAR -> ServerJar.of(product).unpack(cache);
          case PATH -> installed();
          case CONTAINER -> throw new AssertionError(place);
        };
    return path == null ? null : use.of(Program.at(path, product), place);
  }

  private @Nullable Path named() {
    String path = System.getProperty(SourceChoice.FORCE + "." + product.key());
    return path == null || path.isEmpty() ? null : Path.of(path);
  }

  private @Nullable Path installed() {
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
