// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Redis in a container; alone, since the servers of a Cluster give each other's addresses away.
 */
record ContainerRedis(Product product) implements RedisSource {
  private static final int PORT = 6379;
  private static final String FOLDER = "/data/";

  @Override
  public String origin() {
    return "container of " + product.image();
  }

  @Override
  public Host create(Node node) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(node.portSetting() + " " + PORT);
    lines.addAll(node.settings());
    Map<String, String> files = new HashMap<>();
    files.put(FOLDER + "redis.conf", String.join("\n", lines) + "\n");
    node.files().forEach((name, text) -> files.put(FOLDER + name, text));
    List<String> command = new ArrayList<>(List.of("redis-server", FOLDER + "redis.conf"));
    command.addAll(node.options());
    return new ContainerHost(
        new ContainerHost.Content(product.image(), PORT, Map.of(), files, command));
  }
}
