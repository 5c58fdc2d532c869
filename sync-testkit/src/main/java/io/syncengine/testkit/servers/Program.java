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

  /** Where it was found, for the line in the log of a build. */
  String origin(Place place) {
    return place == Place.JAR ? place.toString() : path.toString();
  }

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
    Program program = new Program(real, real.resolveSibling("..").normalize(), version.group(1));
    if (product == Product.REDIS || product == Product.REDIS_TLS) {
      program.checkRedis(product);
    }
    return program;
  }

  // Before 7.0 there is no way to say on which port the nodes of a Cluster talk to each other. Told
  // to listen nowhere, Redis ends at once, after it has complained of what it does not know.
  private void checkRedis(Product product) throws IOException, UnavailableException {
    if (Integer.parseInt(version.split("\\.", 2)[0]) < 7) {
      throw new UnavailableException(
          path + " is Redis " + version + "; the tests need 7.0 or later.");
    }
    if (product == Product.REDIS_TLS) {
      Shell.Result said =
          Shell.run(
              Duration.ofSeconds(30),
              null,
              List.of(path.toString(), "--port", "0", "--tls-auth-clients", "no"));
      if (!said.output().contains("not listen anywhere")) {
        throw new UnavailableException(path + " was built without TLS.");
      }
    }
  }
}
