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

  private final Map<List<String>, SqlServer> servers = new HashMap<>();
  private final Map<Product, UnavailableException> unavailable = new HashMap<>();

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
  synchronized SqlServer sql(Product product, List<String> options) {
    List<String> key = new ArrayList<>(List.of(product.key()));
    key.addAll(options);
    SqlServer server = servers.get(key);
    if (server == null) {
      server = start(product, options);
      servers.put(key, server);
    } else {
      server.heal();
    }
    return server;
  }

  private SqlServer start(Product product, List<String> options) {
    try {
      UnavailableException known = unavailable.get(product);
      if (known != null) {
        throw known;
      }
      Source source =
          new SourceChoice(product, new LocalProbe(product, Cache.ofUser())).choose(false);
      return SqlServer.start(product, source, options);
    } catch (UnavailableException e) {
      unavailable.put(product, e);
      throw Requirement.ofProperty().missing(product, e);
    } catch (IOException e) {
      throw new IllegalStateException(product.title() + " was found and cannot be started", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    IOException failure = null;
    for (SqlServer server : servers.values()) {
      try {
        server.close();
      } catch (IOException e) {
        e.addSuppressed(failure);
        failure = e;
      }
    }
    servers.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
