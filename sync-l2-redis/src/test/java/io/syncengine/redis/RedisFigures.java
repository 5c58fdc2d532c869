// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/**
 * Figures beside their bare counterpart in one run, not part of the build: {@code mvn test -pl
 * sync-l2-redis -am -Dtest=RedisFigures -Dsurefire.failIfNoSpecifiedTests=false}. Rounds of both
 * take turns, so that the machine's moods hit both. The bare side sets the same bytes under keys of
 * its own in one pipeline of the same client, and reads them by GET and MGET.
 */
class RedisFigures {
  private static final int KEYS = 50_000;
  private static final int BATCH = 1_000;
  private static final int ROUNDS = 9;
  private static final int BATCHES_A_ROUND = 30;
  private static final int LOADS_A_ROUND = 10_000;
  private static final int MANY = 100;

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();
  @RegisterExtension final RedisServerExtension cluster = RedisServerExtension.cluster();

  private final Random random = new Random(1);
  private long version;

  /** What a user would do with the client itself. */
  private interface Bare extends AutoCloseable {
    void setAll(Map<String, byte[]> values) throws Exception;

    void get(String id) throws Exception;

    void getAll(List<String> ids) throws Exception;

    @Override
    void close();
  }

  /** What a tier does. */
  private interface Ours {
    void flush(List<Entry> batch);

    void load(List<String> ids);
  }

  @ParameterizedTest
  @CsvSource({"lettuce,100", "lettuce,1000", "jedis,100", "jedis,1000"})
  void theGroundTruthBesideTheBareClient(String client, int bytes) throws Exception {
    RedisTier tier = new RedisTier();
    tier.open(RedisFixture.config(server.keyspace()).withClient(client));
    besideTheBareClient(
        "truth",
        client,
        bytes,
        bare(client),
        new Ours() {
          @Override
          public void flush(List<Entry> batch) {
            tier.apply(batch);
          }

          @Override
          public void load(List<String> ids) {
            tier.load(ids);
          }
        });
    tier.close();
  }

  @ParameterizedTest
  @CsvSource({"lettuce,100", "lettuce,1000", "jedis,100", "jedis,1000"})
  void theCacheBesideTheBareClient(String client, int bytes) throws Exception {
    cacheBesideTheBareClient("cache", server.keyspace(), client, bytes, bare(client));
  }

  @ParameterizedTest
  @CsvSource({"lettuce,100", "lettuce,1000", "jedis,100", "jedis,1000"})
  void theCacheInAClusterBesideTheBareClient(String client, int bytes) throws Exception {
    RedisKeyspace keyspace = cluster.keyspace();
    Bare bare =
        client.equals("lettuce")
            ? new BareLettuceCluster(keyspace)
            : new BareJedisCluster(keyspace);
    cacheBesideTheBareClient("cache in a Cluster", keyspace, client, bytes, bare);
  }

  private Bare bare(String client) {
    RedisKeyspace keyspace = server.keyspace();
    return client.equals("lettuce") ? new BareLettuce(keyspace) : new BareJedis(keyspace);
  }

  private void cacheBesideTheBareClient(
      String role, RedisKeyspace keyspace, String client, int bytes, Bare bare) throws Exception {
    RedisTier tier = new RedisTier();
    tier.open(RedisFixture.config(keyspace).withClient(client).withRole(TierRole.CACHE));
    CacheSpace space = new CacheSpace("figures", 1);
    tier.begin(space, 0, 0);
    AtomicLong sequence = new AtomicLong();
    besideTheBareClient(
        role,
        client,
        bytes,
        bare,
        new Ours() {
          @Override
          public void flush(List<Entry> batch) {
            long now = sequence.incrementAndGet();
            tier.put(
                space,
                batch.stream().map(entry -> CacheWrite.put(entry, now)).toList(),
                sequence::get);
          }

          @Override
          public void load(List<String> ids) {
            tier.get(space, ids);
          }
        });
    tier.close();
  }

  private void besideTheBareClient(String role, String client, int bytes, Bare theBare, Ours ours)
      throws Exception {
    List<Double> flushes = new ArrayList<>();
    List<Double> loads = new ArrayList<>();
    List<Double> loadsOfMany = new ArrayList<>();
    try (Bare bare = theBare) {
      for (int round = 0; round < ROUNDS; round++) {
        List<List<Entry>> batches = batches(bytes);
        List<Map<String, byte[]>> values = batches.stream().map(RedisFigures::values).toList();
        double theirs =
            seconds(
                () -> {
                  for (Map<String, byte[]> batch : values) {
                    bare.setAll(batch);
                  }
                });
        double took = seconds(() -> batches.forEach(ours::flush));
        flushes.add(theirs / took);
        say(
            "%s, %s, %d B: flush %.0f/s, bare %.0f/s",
            role, client, bytes, BATCHES_A_ROUND * BATCH / took, BATCHES_A_ROUND * BATCH / theirs);
      }
      for (int round = 0; round < ROUNDS; round++) {
        List<String> ids = ids(LOADS_A_ROUND);
        double theirs =
            seconds(
                () -> {
                  for (String id : ids) {
                    bare.get(id);
                  }
                });
        loads.add(seconds(() -> ids.forEach(id -> ours.load(List.of(id)))) / theirs);
        double theirsOfMany =
            seconds(
                () -> {
                  for (int i = 0; i < LOADS_A_ROUND; i += MANY) {
                    bare.getAll(ids.subList(i, i + MANY));
                  }
                });
        double oursOfMany =
            seconds(
                () -> {
                  for (int i = 0; i < LOADS_A_ROUND; i += MANY) {
                    ours.load(ids.subList(i, i + MANY));
                  }
                });
        loadsOfMany.add(oursOfMany / theirsOfMany);
      }
    }
    say(
        "%s, %s, %d B, medians of %d rounds: flush %.2f x bare, load %.2f x bare, load of %d"
            + " %.2f x bare",
        role, client, bytes, ROUNDS, median(flushes), median(loads), MANY, median(loadsOfMany));
  }

  private static Map<String, byte[]> values(List<Entry> batch) {
    Map<String, byte[]> values = new TreeMap<>();
    batch.forEach(entry -> values.put(entry.id(), Envelope.encode(entry)));
    return values;
  }

  private List<List<Entry>> batches(int bytes) {
    List<List<Entry>> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES_A_ROUND; i++) {
      version++;
      Map<String, Entry> batch = new TreeMap<>();
      while (batch.size() < BATCH) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        String id = id();
        batch.put(id, Entries.value(id, version, content));
      }
      batches.add(Entries.batch(batch.values()));
    }
    return batches;
  }

  private List<String> ids(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(id());
    }
    return ids;
  }

  private String id() {
    return "org.item." + Integer.toHexString(random.nextInt(KEYS) * 0x9E3779B1);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static final class BareLettuce implements Bare {
    private final io.lettuce.core.RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Keys keys;

    BareLettuce(RedisKeyspace keyspace) {
      client = io.lettuce.core.RedisClient.create(RedisURI.create(keyspace.url()));
      connection = client.connect(ByteArrayCodec.INSTANCE);
      keys = new Keys(RedisFixture.config(keyspace).namespace() + ":bare");
    }

    @Override
    public void setAll(Map<String, byte[]> values) throws ExecutionException, InterruptedException {
      List<RedisFuture<String>> sent = new ArrayList<>();
      connection.setAutoFlushCommands(false);
      values.forEach((id, value) -> sent.add(connection.async().set(keys.item(id), value)));
      connection.flushCommands();
      connection.setAutoFlushCommands(true);
      for (RedisFuture<String> one : sent) {
        one.get();
      }
    }

    @Override
    public void get(String id) {
      connection.sync().get(keys.item(id));
    }

    @Override
    public void getAll(List<String> ids) {
      connection.sync().mget(ids.stream().map(keys::item).toArray(byte[][]::new));
    }

    @Override
    public void close() {
      client.shutdown();
    }
  }

  private static final class BareJedis implements Bare {
    private final Jedis jedis;
    private final Keys keys;

    BareJedis(RedisKeyspace keyspace) {
      jedis = new Jedis(URI.create(keyspace.url()));
      keys = new Keys(RedisFixture.config(keyspace).namespace() + ":bare");
    }

    @Override
    public void setAll(Map<String, byte[]> values) {
      Pipeline pipeline = jedis.pipelined();
      values.forEach((id, value) -> pipeline.set(keys.item(id), value));
      pipeline.sync();
    }

    @Override
    public void get(String id) {
      jedis.get(keys.item(id));
    }

    @Override
    public void getAll(List<String> ids) {
      jedis.mget(ids.stream().map(keys::item).toArray(byte[][]::new));
    }

    @Override
    public void close() {
      jedis.close();
    }
  }

  private static final class BareLettuceCluster implements Bare {
    private final RedisClusterClient client;
    private final StatefulRedisClusterConnection<byte[], byte[]> connection;
    private final Keys keys;

    BareLettuceCluster(RedisKeyspace keyspace) {
      client =
          RedisClusterClient.create(
              RedisClusterURIUtil.toRedisURIs(
                  URI.create(keyspace.url().replace("redis+cluster", "redis"))));
      connection = client.connect(ByteArrayCodec.INSTANCE);
      keys = new Keys(RedisFixture.config(keyspace).namespace() + ":bare");
    }

    @Override
    public void setAll(Map<String, byte[]> values) throws ExecutionException, InterruptedException {
      List<RedisFuture<String>> sent = new ArrayList<>();
      connection.setAutoFlushCommands(false);
      values.forEach((id, value) -> sent.add(connection.async().set(keys.item(id), value)));
      connection.flushCommands();
      connection.setAutoFlushCommands(true);
      for (RedisFuture<String> one : sent) {
        one.get();
      }
    }

    @Override
    public void get(String id) {
      connection.sync().get(keys.item(id));
    }

    @Override
    public void getAll(List<String> ids) {
      connection.sync().mget(ids.stream().map(keys::item).toArray(byte[][]::new));
    }

    @Override
    public void close() {
      client.shutdown();
    }
  }

  /** Its MGET is for one slot, so that many are read by GETs in a pipeline. */
  private static final class BareJedisCluster implements Bare {
    private final redis.clients.jedis.RedisClusterClient jedis;
    private final Keys keys;

    BareJedisCluster(RedisKeyspace keyspace) {
      jedis =
          redis.clients.jedis.RedisClusterClient.create(
              Set.of(new HostAndPort("127.0.0.1", keyspace.nodes().get(0).port())),
              keyspace.user(),
              keyspace.password());
      keys = new Keys(RedisFixture.config(keyspace).namespace() + ":bare");
    }

    @Override
    public void setAll(Map<String, byte[]> values) {
      try (var pipeline = jedis.pipelined()) {
        values.forEach((id, value) -> pipeline.set(keys.item(id), value));
        pipeline.sync();
      }
    }

    @Override
    public void get(String id) {
      jedis.get(keys.item(id));
    }

    @Override
    public void getAll(List<String> ids) {
      try (var pipeline = jedis.pipelined()) {
        ids.forEach(id -> pipeline.get(keys.item(id)));
        pipeline.sync();
      }
    }

    @Override
    public void close() {
      jedis.close();
    }
  }
}
