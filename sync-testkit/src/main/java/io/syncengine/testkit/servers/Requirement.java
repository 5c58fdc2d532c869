// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;

/** Says whether a test that cannot have its server is skipped or fails. */
final class Requirement {
  /** The system property that lists the servers without which a run is no good. */
  static final String PROPERTY = "sync.servers.required";

  /** The environment variable that does the same, also for the processes that a build starts. */
  static final String VARIABLE = "SYNC_SERVERS_REQUIRED";

  private final Set<String> required;

  /**
   * Reads the list.
   *
   * @param list keys of products, with commas between them
   * @throws IllegalArgumentException if it names something else, which no test would ever miss
   */
  Requirement(String list) {
    this.required =
        Arrays.stream(list.split(","))
            .map(String::strip)
            .filter(key -> !key.isEmpty())
            .collect(Collectors.toSet());
    Set<String> unknown = new TreeSet<>(required);
    for (Product product : Product.values()) {
      unknown.remove(product.key());
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(PROPERTY + " lists what is no server: " + unknown);
    }
  }

  /** What the system property lists, or without it the environment variable. */
  static Requirement ofThisRun() {
    String variable = System.getenv().getOrDefault(VARIABLE, "");
    return new Requirement(System.getProperty(PROPERTY, variable));
  }

  /** What to throw: an {@link AssertionError} if it is required, else what skips the test. */
  RuntimeException missing(Product product, UnavailableException reason) {
    if (required.contains(product.key())) {
      throw new AssertionError(
          PROPERTY + " lists " + product.key() + ": " + reason.getMessage(), reason);
    }
    return new TestAbortedException(reason.getMessage(), reason);
  }
}
