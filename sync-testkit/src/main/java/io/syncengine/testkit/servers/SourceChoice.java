// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which server is used: one that is named by a system property, from a jar on the class
 * path, installed, in a container; the first that works. What is named has to work: there is no
 * falling back from it.
 *
 * @param <S> what servers can be made of
 */
final class SourceChoice<S> {
  /** The system property that, being {@code testcontainers}, leaves only that. */
  static final String FORCE = "sync.servers";

  private final Product product;
  private final Probe<S> probe;

  SourceChoice(Product product, Probe<S> probe) {
    this.product = product;
    this.probe = probe;
  }

  /**
   * Looks in the places that the system property {@value #FORCE} leaves.
   *
   * @throws IllegalArgumentException if it has another value than that
   */
  S choose() throws UnavailableException {
    return choose(forced(System.getProperty(FORCE)));
  }

  /** Whether a value of the property leaves only containers. */
  static boolean forced(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      return false;
    }
    if (value.equals("testcontainers")) {
      return true;
    }
    throw new IllegalArgumentException(FORCE + " may be testcontainers, or not set: " + value);
  }

  /**
   * Looks in all places.
   *
   * @param containersOnly whether to look for a container alone
   * @throws UnavailableException if none has one that works; says what was wrong with each
   */
  S choose(boolean containersOnly) throws UnavailableException {
    List<String> reasons = new ArrayList<>();
    boolean found = containersOnly;
    for (Place place : containersOnly ? List.of(Place.CONTAINER) : List.of(Place.values())) {
      S source = look(place, reasons);
      if (source != null) {
        return source;
      }
      found |= place != Place.CONTAINER && !reasons.isEmpty();
      if (place == Place.OVERRIDE && found) {
        break;
      }
    }
    String what = found ? " server that works here. " : " server here. " + product.advice() + " ";
    throw new UnavailableException(
        ("no " + product.title() + what + String.join(" ", reasons)).strip());
  }

  private @Nullable S look(Place place, List<String> reasons) {
    try {
      return probe.look(place);
    } catch (UnavailableException | IOException e) {
      reasons.add("[" + place + "] " + e.getMessage());
      return null;
    }
  }
}
