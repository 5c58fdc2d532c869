// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** How a {@link Store} comes to be open: what has to hold before anything is read or written. */
final class StoreOpening {
  private static final String HEADLESS =
      "keys of its data are there, and the head of its change log is not; restore it from a backup,"
          + " or delete the other keys of the namespace";

  private StoreOpening() {}

  /**
   * Checks what stands there and, if it may be written, makes what is missing.
   *
   * @param connections closed by the store, or here if this throws
   */
  static Store open(
      RedisConnections connections, String product, Failures failures, TierConfig config) {
    try {
      ServerInfo server = info(connections, failures, config.requestTimeout());
      String unfit = server.unfitAsTruth();
      if (unfit != null) {
        throw failures.refused(unfit);
      }
      Keys keys = new Keys(config.namespace());
      Head head = head(connections, keys, failures, config);
      return new Store(
          connections,
          keys,
          failures,
          config.requestTimeout(),
          head.databaseId(),
          "Redis " + server.version() + " by " + product);
    } catch (ConnectionException e) {
      connections.close();
      throw failures.onConnect(e);
    } catch (RuntimeException e) {
      connections.close();
      throw e;
    }
  }

  /** What the server says of itself, or rather why it does not. */
  static ServerInfo info(RedisConnections connections, Failures failures, Duration timeout)
      throws ConnectionException {
    Object reply = connections.writes().send(List.of(Command.of("INFO").build()), timeout).first();
    if (reply instanceof ErrorReply error) {
      throw failures.onOpen(error);
    }
    return new ServerInfo((byte[]) reply);
  }

  /** The head, of which meta says that this release may use it. */
  private static Head head(
      RedisConnections connections, Keys keys, Failures failures, TierConfig config)
      throws ConnectionException {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add((config.readOnly() ? "0" : "1").getBytes(StandardCharsets.US_ASCII));
    arguments.add(Head.encodeNew(UUID.randomUUID().toString()));
    arguments.addAll(Meta.ofNew(config.versionMode()));
    Object reply =
        Script.OPEN.run(
            connections.writes(),
            config.requestTimeout(),
            List.of(
                keys.head(),
                keys.meta(),
                keys.changes(),
                keys.ids(),
                keys.tombstones(),
                keys.tombstoneIds(),
                keys.readers(),
                keys.nothing()),
            arguments);
    if (reply instanceof ErrorReply error) {
      throw failures.onOpen(error);
    }
    List<?> there = (List<?>) reply;
    List<?> meta = (List<?>) there.get(1);
    if (there.get(0) == null && meta.isEmpty()) {
      throw failures.refused(
          config.readOnly()
              ? "it has no data of this namespace; check namespace and database, or open it for"
                  + " writing once"
              : HEADLESS);
    }
    String unfit = Meta.unfit(meta, config.versionMode());
    if (unfit != null) {
      throw failures.refused(unfit);
    }
    if (there.get(0) == null) {
      throw failures.refused(HEADLESS);
    }
    return Head.decode((byte[]) there.get(0));
  }
}
