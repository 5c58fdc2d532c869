// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Redis that runs as processes of this machine. */
record LocalRedis(Program program, Place place, Cache cache) implements RedisSource {
  private static final String CONFIGURATION = "redis.conf";

  /** Looks for Redis on this machine. */
  static Probe<RedisSource> probe(RedisKind kind, Cache cache) {
    return new LocalProbe<>(
        kind.product(),
        cache,
        (program, place) -> new LocalRedis(program, place, cache),
        () -> inContainer(kind));
  }

  private static RedisSource inContainer(RedisKind kind) throws UnavailableException {
    if (kind == RedisKind.SENTINEL || kind == RedisKind.CLUSTER) {
      throw new UnavailableException("only a single Redis is run in a container.");
    }
    return new ContainerRedis(kind.product());
  }

  @Override
  public String origin() {
    return program.origin(place);
  }

  // The configuration is a file, so that no password is on a command line, and so that Redis, and
  // a Sentinel above it, can write into it what has become of a server.
  @Override
  public Host create(Node node) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.path().toString(), CONFIGURATION));
    command.addAll(node.options());
    ReservedPort port = new ReservedPort();
    Path folder = cache.scratch("redis");
    LocalProcess process = new LocalProcess(folder, port, command);
    try {
      configure(folder, port.number(), node);
      return process;
    } catch (IOException | RuntimeException e) {
      Closing.after(e, process);
      throw e;
    }
  }

  private static void configure(Path folder, int port, Node node) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("bind 127.0.0.1");
    lines.add(node.portSetting() + " " + port);
    lines.addAll(node.settings());
    Files.write(folder.resolve(CONFIGURATION), lines);
    for (Map.Entry<String, String> file : node.files().entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }
}
