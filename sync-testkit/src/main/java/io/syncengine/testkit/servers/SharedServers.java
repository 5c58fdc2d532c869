// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The servers of this JVM: started for the first test that needs one, closed after the last. */
final class SharedServers implements AutoCloseable {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedServers.class);

  private final Map<List<String>, Shared> servers = new HashMap<>();
  private final Map<String, UnavailableException> unavailable = new HashMap<>();
  private final Map<List<String>, IOException> failed = new HashMap<>();

  /** Starts what is not there yet. */
  private interface Starter {
    Shared start(Cache cache) throws IOException, UnavailableException;
  }

  private SharedServers() {}

  static SharedServers of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(SharedServers.class, key -> new SharedServers(), SharedServers.class);
  }

  /**
   * A server that is running and not paused.
   *
   * @throws org.opentest4j.TestAbortedException if there is none to be had
   * @throws AssertionError if there is none to be had and it is required
   */
  SqlServer sql(Product product, List<String> options) {
    return (SqlServer)
        get(
            product,
            key(product.key(), options),
            cache -> {
              Source source =
                  new SourceChoice<>(product, LocalSource.probe(product, cache)).choose();
              return SqlServer.start(product, source, options);
            });
  }

  /** The same for a Redis of one kind, with all of its servers. */
  Redis redis(RedisKind kind, List<String> options) {
    return (Redis)
        get(
            kind.product(),
            key(kind.name(), options),
            cache -> {
              RedisSource source =
                  new SourceChoice<>(kind.product(), LocalRedis.probe(kind, cache)).choose();
              return Redis.start(kind, source, cache, options);
            });
  }

  private static List<String> key(String first, List<String> options) {
    List<String> key = new ArrayList<>(List.of(first));
    key.addAll(options);
    return key;
  }

  private synchronized Shared get(Product product, List<String> key, Starter starter) {
    Shared server = servers.get(key);
    if (server == null) {
      server = start(product, key, starter);
      servers.put(key, server);
    } else {
      server.heal();
    }
    return server;
  }

  /** What was tried once is not tried again: it may have taken minutes to fail. */
  private Shared start(Product product, List<String> key, Starter starter) {
    try {
      UnavailableException missing = unavailable.get(key.get(0));
      if (missing != null) {
        throw missing;
      }
      IOException failure = failed.get(key);
      if (failure != null) {
        throw failure;
      }
      return starter.start(Cache.ofUser());
    } catch (UnavailableException e) {
      unavailable.put(key.get(0), e);
      throw Requirement.ofThisRun().missing(product, e);
    } catch (IOException e) {
      failed.put(key, e);
      throw new IllegalStateException(product.title() + " was found and cannot be started", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    List<Shared> all = List.copyOf(servers.values());
    servers.clear();
    Closing.all(all);
  }
}
