// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierConfig;
import java.net.PasswordAuthentication;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Redis that is connected to by the tier itself.
 *
 * @param credentials asked at each connect; null for what the URL says
 */
record UrlTarget(
    RedisUrl url, RedisDriver driver, @Nullable Supplier<PasswordAuthentication> credentials)
    implements RedisTarget {
  @Override
  public String subject() {
    return url.toString();
  }

  @Override
  public String library() {
    return driver.toString();
  }

  @Override
  public RedisConnections connect(TierConfig by, Greeting greeting) throws ConnectionException {
    String trust = by.properties().get(TrustedCertificates.KEY);
    return driver.connect(
        new ConnectOptions(
            url,
            by.requestTimeout(),
            by.engineName(),
            trust == null ? null : TrustedCertificates.read(trust),
            greeting,
            Credentials.of(url, credentials)));
  }
}
