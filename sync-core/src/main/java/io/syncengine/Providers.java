// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.ProviderResolutionException;
import io.syncengine.spi.Provider;
import io.syncengine.spi.TierProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Finds providers. The configured name decides, else the URL's scheme, else the only one, else the
 * lowest order, with a warning. None is an error that names the artifact. A provider that cannot be
 * loaded is reported and passed over.
 */
final class Providers {
  private static final System.Logger LOG = System.getLogger(Providers.class.getName());

  private Providers() {}

  /** All providers of a role that can be loaded. */
  static <P extends Provider> List<P> all(Class<P> role, ServiceLoader<P> loader) {
    List<P> found = new ArrayList<>();
    var it = loader.stream().iterator();
    while (true) {
      try {
        if (!it.hasNext()) {
          return found;
        }
        found.add(it.next().get());
      } catch (ServiceConfigurationError e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a provider of " + role.getSimpleName() + " cannot be loaded and is passed over",
            e);
      }
    }
  }

  /** The provider by name, else the preferred one; empty if there is none and none was named. */
  static <P extends Provider> Optional<P> choose(
      Class<P> role, List<P> all, Optional<String> name, String artifact) {
    return choose(role, all, name, p -> true, artifact);
  }

  /** The tier's provider by name, else by scheme. */
  static TierProvider forUrl(List<TierProvider> all, String url, Optional<String> name) {
    String scheme = url.substring(0, url.indexOf(':'));
    return choose(
            TierProvider.class, all, name, p -> p.schemes().contains(scheme), artifactOf(scheme))
        .orElseThrow(
            () ->
                new ProviderResolutionException(
                    "no provider serves URLs that begin with "
                        + scheme
                        + ":; "
                        + artifactOf(scheme)
                        + "; known schemes are "
                        + schemes(all),
                    null));
  }

  private static Set<String> schemes(List<TierProvider> all) {
    Set<String> schemes = new TreeSet<>();
    all.forEach(p -> schemes.addAll(p.schemes()));
    return schemes;
  }

  private static String artifactOf(String scheme) {
    return switch (scheme) {
      case "redis", "rediss", "redis-sentinel", "redis+cluster", "rediss+cluster" ->
          "add the artifact io.syncengine:sync-l2-redis";
      case "sqlite", "mysql", "mariadb", "jdbc" -> "add the artifact io.syncengine:sync-l3-jdbc";
      default -> "check the URL";
    };
  }

  private static <P extends Provider> Optional<P> choose(
      Class<P> role, List<P> all, Optional<String> name, Predicate<P> fits, String artifact) {
    if (name.isPresent()) {
      return Optional.of(
          all.stream()
              .filter(p -> p.name().equals(name.get()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ProviderResolutionException(
                          "there is no "
                              + role.getSimpleName()
                              + " named "
                              + name.get()
                              + "; known are "
                              + all.stream().map(Provider::name).toList()
                              + "; "
                              + artifact,
                          null)));
    }
    List<P> fitting =
        all.stream().filter(fits).sorted(Comparator.comparingInt(Provider::order)).toList();
    if (fitting.size() > 1) {
      LOG.log(
          System.Logger.Level.WARNING,
          "several providers of "
              + role.getSimpleName()
              + " are there and none was chosen; taken is "
              + fitting.get(0).name());
    }
    return fitting.stream().findFirst();
  }
}
