// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.CacheSpace;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** Tiers on the keys of one test, and waits for what servers and clients do by their own clocks. */
final class RedisFixture {
  /** How long at most a client may take to connect anew, or Sentinels to choose another master. */
  static final Duration PATIENCE = Duration.ofSeconds(40);

  /** Keys of the numbers of lanes. */
  static final Pattern LANES = Pattern.compile(".*:c:[0-9a-f]{16}:[0-9a-f]+:\\{[0-9a-f]{2}}");

  /** Keys of the states of spaces. */
  static final Pattern STATES = Pattern.compile(".*:c:[0-9a-f]{16}:[0-9a-f]+:state");

  /** Keys of the items of a cache. */
  static final Pattern ITEMS = Pattern.compile(".*:c:[0-9a-f]{16}:[0-9a-f]+:\\{[0-9a-f]{2}}:.*");

  /** All keys. */
  static final Pattern ANYTHING = Pattern.compile(".*");

  private static final Duration PAUSE = Duration.ofMillis(10);

  private RedisFixture() {}

  /** A Cluster in which what a node has that is gone does not take the rest with it. */
  static RedisServerExtension cluster() {
    return RedisServerExtension.cluster().withOptions("--cluster-require-full-coverage", "no");
  }

  /** How to open a tier on these keys, of which the user may touch no others. */
  static TestTierConfig config(RedisKeyspace keyspace) {
    String prefix = keyspace.prefix();
    return TestTierConfig.defaults()
        .withTierName("L2")
        .withUrl(keyspace.url())
        .withNamespace(prefix.substring(0, prefix.length() - 1));
  }

  /** The keys that are there, of a kind. */
  static List<String> keys(RedisKeyspace keyspace, Pattern kind) {
    return keyspace.keys().stream().filter(key -> kind.matcher(key).matches()).distinct().toList();
  }

  /** Deletes keys of a kind. */
  static void delete(RedisKeyspace keyspace, Pattern kind) {
    delete(keyspace, keyspace.prefix() + "*", kind);
  }

  /** Deletes those of a kind among the keys that a glob names, each where it is. */
  static void delete(RedisKeyspace keyspace, String glob, Pattern kind) {
    for (RedisNode master : keyspace.masters()) {
      master.command("KEYS", glob).stream()
          .filter(key -> kind.matcher(key).matches())
          .forEach(key -> master.command("DEL", key));
    }
  }

  /** Puts what is no item of a cache in the place of one. */
  static void damage(RedisKeyspace keyspace, CacheSpace space, String id) {
    String namespace = config(keyspace).namespace();
    byte[] item = new CacheKeys(namespace, space).item(CacheKeys.lane(id), id);
    String wanted = new String(item, StandardCharsets.UTF_8);
    for (RedisNode master : keyspace.masters()) {
      if (master.command("KEYS", keyspace.prefix() + "*").contains(wanted)) {
        master.command("SET", wanted, "something else");
      }
    }
  }

  /** Calls again and again until the tier can be asked; what else is thrown is thrown. */
  static void untilAvailable(Runnable call) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        call.run();
        return;
      } catch (TierUnavailableException e) {
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** Says a word again and again until all have heard it. */
  static void untilHeard(
      RedisTier speaker, String databaseId, List<Queue<String>> hearers, String origin) {
    until(
        "all hear " + origin,
        () -> {
          untilAvailable(() -> speaker.wake(databaseId, origin));
          return hearers.stream().allMatch(heard -> heard.contains(origin));
        });
  }

  /** Looks again and again until something holds. */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
