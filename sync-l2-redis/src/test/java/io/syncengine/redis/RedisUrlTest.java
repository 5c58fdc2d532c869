// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {
  @Test
  void aServer() {
    RedisUrl url = RedisUrl.of("redis://me:p%40ss+%2F@db.example.com:6380/3");

    assertThat(url.hosts()).containsExactly(new RedisUrl.Host("db.example.com", 6380));
    assertThat(url.user()).isEqualTo("me");
    assertThat(url.password()).isEqualTo("p@ss+/");
    assertThat(url.database()).isEqualTo(3);
    assertThat(url.tls()).isFalse();
    assertThat(url.master()).isNull();
    assertThat(url).hasToString("Redis at db.example.com:6380, database 3");
  }

  @Test
  void whatIsLeftOut() {
    RedisUrl url = RedisUrl.of("rediss://localhost");

    assertThat(url.hosts()).containsExactly(new RedisUrl.Host("localhost", 6379));
    assertThat(url.user()).isNull();
    assertThat(url.password()).isNull();
    assertThat(url.database()).isZero();
    assertThat(url.tls()).isTrue();
    assertThat(url).hasToString("Redis at localhost:6379");
  }

  @Test
  void aPasswordWithoutUser() {
    assertThat(RedisUrl.of("redis://:secret@h").password()).isEqualTo("secret");
    assertThat(RedisUrl.of("redis://:secret@h").user()).isNull();
  }

  @Test
  void sentinels() {
    RedisUrl url = RedisUrl.of("redis-sentinel://me:pw@a:1,[::1],c/2#main");

    assertThat(url.hosts())
        .containsExactly(
            new RedisUrl.Host("a", 1),
            new RedisUrl.Host("[::1]", 26_379),
            new RedisUrl.Host("c", 26_379));
    assertThat(url.master()).isEqualTo("main");
    assertThat(url.database()).isEqualTo(2);
    assertThat(url)
        .hasToString("Redis at Sentinels a:1,[::1]:26379,c:26379, master main, database 2");
  }

  @Test
  void aCluster() {
    RedisUrl url = RedisUrl.of("redis+cluster://me:pw@a:1,b");

    assertThat(url.hosts())
        .containsExactly(new RedisUrl.Host("a", 1), new RedisUrl.Host("b", 6379));
    assertThat(url.cluster()).isTrue();
    assertThat(url.tls()).isFalse();
    assertThat(url).hasToString("Redis Cluster at a:1,b:6379");
    assertThat(RedisUrl.of("rediss+cluster://a").tls()).isTrue();
    assertThat(RedisUrl.of("redis+cluster://a/0").cluster()).isTrue();
    assertThat(RedisUrl.of("redis://a").cluster()).isFalse();

    RedisUrl node = url.at(new RedisUrl.Host("c", 2));
    assertThat(node.hosts()).containsExactly(new RedisUrl.Host("c", 2));
    assertThat(node.user()).isEqualTo("me");
    assertThat(node.password()).isEqualTo("pw");
    assertThat(node.cluster()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis:localhost",
        "redis://",
        "redis://u:secret@h:port",
        "redis://u:secret@h/name",
        "redis://u:secret@a,b",
        "redis://u:secret@h#main",
        "redis-sentinel://u:secret@h",
        "redis+cluster://u:secret@h/1",
        "redis+cluster://u:secret@h#main",
        "redis+cluster://u:secret@h,",
        "redis+sentinel://u:secret@h#main",
        "http://u:secret@h",
        "redis://u:secr%zzet@h",
        "redis://u:secret@h:1:2",
        "redis://u:secret@h:0",
        "redis://u:secret@h:65536",
        "redis://secret@h"
      })
  void whatIsWrongIsSaidWithoutSecrets(String url) {
    assertThatThrownBy(() -> RedisUrl.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("URL")
        .hasMessageNotContaining("secr")
        .hasNoCause();
  }
}
