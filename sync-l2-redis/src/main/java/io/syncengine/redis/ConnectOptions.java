// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How to connect.
 *
 * @param url where
 * @param timeout how long a connect may take
 * @param name what the server calls the connections
 * @param trust whom to trust with TLS; null for those whom Java trusts
 * @param greeting what each connection is asked when it is made
 * @param credentials as whom, asked at each connect
 */
record ConnectOptions(
    RedisUrl url,
    Duration timeout,
    String name,
    @Nullable TrustedCertificates trust,
    Greeting greeting,
    Supplier<Credentials> credentials) {
  /** One node of a Cluster. */
  ConnectOptions at(RedisUrl.Host node) {
    return new ConnectOptions(url.at(node), timeout, name, trust, greeting, credentials);
  }
}
