// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.testkit.servers.FaultProxy;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlDatabase;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The same class on real servers; docs/testing-your-code.md shows the regions. */
class FeatureFlagsOnServersTest {
  @TempDir Path folder;

  // region field
  @RegisterExtension final SqlServerExtension mariadb = SqlServerExtension.mariadb();

  // endregion

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.standalone();

  // region killed
  @Test
  void aFlagTurnedOnWhileTheDatabaseIsDownIsThereWhenItIsBack() {
    SqlDatabase database = mariadb.database();
    try (SyncEngine engine = open(database.url())) {
      database.kill();
      new FeatureFlags(engine).turnOn("new-search");
      database.restart();
      engine.flush(Duration.ofSeconds(30));
    }

    assertThat(isOnForOthers("new-search")).isTrue();
  }

  // endregion

  // region network
  @Test
  void aFlagIsOffAsLongAsTheNetworkSwallowsIt() {
    SqlDatabase database = mariadb.database();
    try (SyncEngine another = open(database.url())) {
      new FeatureFlags(another).turnOn("new-search");
    }
    try (FaultProxy network = FaultProxy.to(database.host(), database.port());
        SyncEngine engine = SyncEngine.open(config(database.url(network.port())).build())) {
      FeatureFlags flags = new FeatureFlags(engine);

      network.blackhole();
      assertThat(flags.isOn("new-search")).isFalse();

      network.resume();
      await(() -> flags.isOn("new-search"));
    }
  }

  // endregion

  @Test
  void keysAreThereForOneTest() {
    // region redis
    RedisKeyspace keyspace = redis.keyspace();
    keyspace.masters().get(0).command("SET", keyspace.prefix() + "a", "1");
    keyspace.kill();
    keyspace.restart();
    assertThat(keyspace.keys()).containsExactly(keyspace.prefix() + "a");
    // endregion
  }

  private SyncEngine open(String url) {
    return SyncEngine.open(config(url).walPath(folder.resolve("sync.wal")).build());
  }

  private boolean isOnForOthers(String flag) {
    try (SyncEngine other = SyncEngine.open(config(mariadb.database().url()).build())) {
      return new FeatureFlags(other).isOn(flag);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    boolean holds = condition.getAsBoolean();
    while (!holds && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      holds = condition.getAsBoolean();
    }
    assertThat(holds).isTrue();
  }

  private static SyncEngineConfig.Builder config(String url) {
    return SyncEngineConfig.builder()
        .sqlUrl(url)
        .tierTimeout(Duration.ofSeconds(2))
        .breakerOpen(Duration.ofMillis(100));
  }
}
