// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.lang.reflect.Method;
import java.net.PasswordAuthentication;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.Pool;

/** Tiers over what an application has, and as whom it says. */
class RedisOverTest {
  private static final CacheSpace SPACE = new CacheSpace("database", 1);

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    config = RedisFixture.config(keyspace).withUrl(null).withRequestTimeout(Duration.ofSeconds(5));
  }

  @Test
  void anApplicationsLettuceIsNotClosed() {
    io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create();
    RedisURI uri = RedisURI.create(keyspace.url());
    try {
      use(LettuceTier.over(client, uri));
      asCache(LettuceTier.over(client, uri));
      assertThat(client.connect(uri).sync().ping()).isEqualTo("PONG");
    } finally {
      client.shutdown();
    }
  }

  @Test
  void anApplicationsJedisIsNotClosedAndItsConnectionsAreAsBefore() {
    try (RedisClient client = RedisClient.create(keyspace.url())) {
      int before = soTimeout(client.getPool());
      use(JedisTier.over(client.getPool()));
      asCache(JedisTier.over(client.getPool()));
      assertThat(client.ping()).isEqualTo("PONG");
      assertThat(soTimeout(client.getPool())).isEqualTo(before);
      assertThat(client.getPool().getNumActive()).isZero();
      assertThat(client.getPool().getNumIdle()).isEqualTo(1);
    }
  }

  private static int soTimeout(Pool<Connection> pool) {
    Connection connection = pool.getResource();
    try {
      return connection.getSoTimeout();
    } finally {
      pool.returnResource(connection);
    }
  }

  /** What hangs is cut, and so no connection for the application any more. */
  @Test
  void anApplicationsJedisGetsNoConnectionBackThatHangs() {
    try (RedisClient client = RedisClient.create(keyspace.url())) {
      RedisTier tier = JedisTier.over(client.getPool());
      tier.open(config.withRequestTimeout(Duration.ofSeconds(1)));
      keyspace.pause();

      assertThatThrownBy(() -> tier.load(List.of("a")))
          .isInstanceOf(TierUnavailableException.class);

      assertThat(client.getPool().getNumIdle()).isZero();
      keyspace.resume();
      RedisFixture.untilAvailable(() -> tier.load(List.of("a")));
      tier.close();
    }
  }

  /** Whoever has no Lettuce uses Jedis, and the other way round; also where methods are listed. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void theOtherLibraryNeedNotBeThere(String driver) throws Exception {
    boolean byLettuce = driver.equals("lettuce");
    ClassLoader without = new Without(byLettuce ? "redis.clients." : "io.lettuce.");
    assertThat(without.loadClass(RedisTier.class.getName()).getMethods()).isNotEmpty();
    Class<?> factory =
        without.loadClass((byLettuce ? LettuceTier.class : JedisTier.class).getName());
    if (byLettuce) {
      io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create();
      Method over = factory.getMethod("over", io.lettuce.core.RedisClient.class, RedisURI.class);
      use((Tier) over.invoke(null, client, RedisURI.create(keyspace.url())));
      client.shutdown();
    } else {
      try (RedisClient client = RedisClient.create(keyspace.url())) {
        use((Tier) factory.getMethod("over", Pool.class).invoke(null, client.getPool()));
      }
    }
  }

  /** Loads this module's classes anew, and has no classes of one library. */
  private static final class Without extends ClassLoader {
    private final String prefix;

    Without(String prefix) {
      super(RedisOverTest.class.getClassLoader());
      this.prefix = prefix;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (name.startsWith(prefix)) {
          throw new ClassNotFoundException(name);
        }
        if (!name.startsWith(RedisTier.class.getPackageName() + ".")) {
          return super.loadClass(name, resolve);
        }
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (java.io.IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void userAndPasswordAreAskedForAtEachConnect(String driver) {
    AtomicInteger asked = new AtomicInteger();
    Supplier<PasswordAuthentication> supplier =
        () -> {
          asked.incrementAndGet();
          return new PasswordAuthentication(keyspace.user(), keyspace.password().toCharArray());
        };
    RedisTier tier = RedisTier.at(address(), supplier);
    tier.open(config.withClient(driver));
    int atFirst = asked.get();
    assertThat(atFirst).isPositive();

    keyspace.restart();

    RedisFixture.untilAvailable(() -> tier.apply(List.of(value("a", 1, "x"))));
    assertThat(asked.get()).isGreaterThan(atFirst);
    tier.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aSupplierThatFailsIsSaidAndNotWhatItSays(String driver) {
    RedisTier tier =
        RedisTier.at(
            address(),
            () -> {
              throw new IllegalStateException("secret");
            });

    assertThatThrownBy(() -> tier.open(config.withClient(driver)))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("supplier of user and password fails")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void userAndPasswordStandInOnePlace() {
    assertThatThrownBy(() -> RedisTier.at(keyspace.url(), () -> null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(keyspace.password());
  }

  private String address() {
    return "redis://127.0.0.1:" + keyspace.nodes().get(0).port();
  }

  private void use(Tier tier) {
    tier.open(config);
    tier.apply(List.of(value("a", System.nanoTime(), "x")));
    assertThat(tier.load(List.of("a")).found()).containsOnlyKeys("a");
    tier.close();
  }

  private void asCache(RedisTier tier) {
    tier.open(config.withRole(TierRole.CACHE));
    Cache cache = tier;
    assertThat(cache.begin(SPACE, 0, 0)).isTrue();
    cache.put(SPACE, List.of(CacheWrite.put(value("a", 1, "x"), 1)), () -> 0);
    assertThat(cache.get(SPACE, List.of("a", "b"))).containsOnlyKeys("a");
    tier.close();
  }
}
