// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program of a server, of which is known that it runs here.
 *
 * @param home the folder above the one that the program is in
 */
record Program(Path path, Path home, String version) {
  private static final Pattern VERSION = Pattern.compile("(?:Ver |v=)([0-9][0-9.]*[0-9])");
  private static final Pattern MISSING_LIBRARY =
      Pattern.compile("error while loading shared libraries: ([^:]+):");

  /**
   * Tries a program.
   *
   * @throws UnavailableException if it does not run, or is another product's; says what would help
   */
  static Program at(Path path, Product product) throws IOException, UnavailableException {
    if (!Files.isExecutable(path)) {
      throw new UnavailableException("not a program: " + path + ".");
    }
    Path real = path.toRealPath();
    Shell.Result said =
        Shell.run(Duration.ofSeconds(30), null, List.of(real.toString(), "--version"));
    Matcher missing = MISSING_LIBRARY.matcher(said.output());
    if (missing.find()) {
      throw new UnavailableException(
          path + " lacks " + missing.group(1) + "; on Debian: " + product.libraries() + ".");
    }
    Matcher version = VERSION.matcher(said.output());
    if (!said.ok() || !version.find() || !product.made(said.output())) {
      throw new UnavailableException(
          path + " is not " + product.title() + "; it said: " + said.output() + ".");
    }
    return new Program(real, real.getParent().getParent(), version.group(1));
  }
}
