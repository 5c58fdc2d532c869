// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

/** How the servers of a Redis stand to each other. */
enum RedisKind {
  STANDALONE("standalone"),
  TLS("standalone, TLS"),
  SENTINEL("Sentinel"),
  CLUSTER("Cluster");

  private final String text;

  RedisKind(String text) {
    this.text = text;
  }

  Product product() {
    return this == TLS ? Product.REDIS_TLS : Product.REDIS;
  }

  @Override
  public String toString() {
    return text;
  }
}
