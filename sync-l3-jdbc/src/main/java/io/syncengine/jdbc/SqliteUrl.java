// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads {@code sqlite:PATH} and {@code jdbc:sqlite:PATH}. The path is taken literally. */
final class SqliteUrl {
  private SqliteUrl() {}

  /**
   * The path in a URL; {@code sqlite:x}, {@code sqlite://x} are relative to the working directory,
   * {@code sqlite:/x} and {@code sqlite:///x} are absolute.
   *
   * @return the path, or null if the URL is of another database
   * @throws IllegalArgumentException if there is no path to a file in it
   */
  static @Nullable Path path(String url) {
    String rest = url.regionMatches(true, 0, "jdbc:", 0, 5) ? url.substring(5) : url;
    if (!rest.regionMatches(true, 0, "sqlite:", 0, 7)) {
      return null;
    }
    rest = rest.substring(7);
    rest = rest.startsWith("//") ? rest.substring(2) : rest;
    if (rest.isBlank()) {
      throw new IllegalArgumentException("the URL names no file; use sqlite:PATH");
    }
    if (rest.startsWith(":") || rest.startsWith("file:") || rest.indexOf('?') >= 0) {
      throw new IllegalArgumentException(
          "the URL has more than a path (:memory:, file: and ?options are not taken);"
              + " use sqlite:PATH, or memory: for tests");
    }
    try {
      return Path.of(rest);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the URL's path is no path on this system", e);
    }
  }
}
