// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What a test gets of one server that speaks TLS only. */
class TlsRedisTest extends RedisServerContract {
  @Override
  RedisServerExtension newExtension() {
    return RedisServerExtension.tls();
  }

  @Test
  void theCertificateIsNeededAndPlainTextIsNotUnderstood() throws Exception {
    int port = redis.keyspace().nodes().get(0).port();
    Optional<SSLContext> defaults = Optional.of(SSLContext.getDefault());

    try (Resp other = Resp.open(port, defaults, StandardCharsets.UTF_8)) {
      assertThatThrownBy(() -> other.call("PING")).isInstanceOf(SSLHandshakeException.class);
    }
    try (Resp plain = Resp.open(port, Optional.empty(), StandardCharsets.UTF_8)) {
      assertThatThrownBy(() -> plain.call("PING")).isInstanceOf(IOException.class);
    }
    assertThat(redis.keyspace().url()).startsWith("rediss://");
    assertThat(redis.keyspace().certificate().orElseThrow())
        .startsWith("-----BEGIN CERTIFICATE-----\n")
        .endsWith("\n-----END CERTIFICATE-----\n");
  }
}
