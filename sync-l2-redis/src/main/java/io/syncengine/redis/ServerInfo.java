// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server says of itself. */
final class ServerInfo {
  private static final int OLDEST_MAJOR = 7;

  private final Map<String, String> fields = new HashMap<>();

  /** Reads the reply of INFO. */
  ServerInfo(byte[] reply) {
    new String(reply, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.indexOf(':') > 0)
        .forEach(
            line ->
                fields.put(
                    line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1)));
  }

  /** The version, as {@code 7.0.15}. */
  String version() {
    return field("redis_version");
  }

  /** Whether it takes writes, as far as replication goes. */
  boolean isMaster() {
    return field("role").equals("master");
  }

  /** Its replication id: another after each restart of a master, and each promotion to one. */
  String identity() {
    return field("master_replid");
  }

  /**
   * What keeps it from being a ground truth: it has to keep all data, in one place, and to take
   * writes.
   *
   * @return what is wrong and what to do, or null
   */
  @Nullable String unfitAsTruth() {
    String tooOld = tooOld();
    if (tooOld != null) {
      return tooOld;
    }
    if (field("redis_mode").equals("cluster")) {
      return "it is a Cluster, which cannot be the ground truth, since a batch is written in one"
          + " step; use a standalone Redis or Sentinels, or set sql_url";
    }
    if (!isMaster()) {
      return "it is a replica, which takes no writes; connect to its master";
    }
    String policy = field("maxmemory_policy");
    if (!policy.equals("noeviction")) {
      return "its maxmemory-policy is "
          + policy
          + ", by which it may drop data; as the ground truth it has to have noeviction, or set"
          + " sql_url";
    }
    return null;
  }

  /**
   * What keeps it from being a cache, which may drop whatever it likes.
   *
   * @param asCluster whether it is talked to as one server of a Cluster
   * @return what is wrong and what to do, or null
   */
  @Nullable String unfitAsCache(boolean asCluster) {
    String tooOld = tooOld();
    if (tooOld == null && field("redis_mode").equals("cluster") && !asCluster) {
      return "it is a Cluster; give its URL as redis+cluster://";
    }
    return tooOld;
  }

  private @Nullable String tooOld() {
    String major = version().split("\\.", 2)[0];
    return !major.matches("\\d{1,4}") || Integer.parseInt(major) < OLDEST_MAJOR
        ? "it is version " + version() + "; 7.0 or later is needed"
        : null;
  }

  private String field(String name) {
    return fields.getOrDefault(name, "unknown");
  }
}
