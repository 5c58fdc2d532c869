// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is: {@code redis://user:p%40ss@host:6379/0}, {@code rediss://…} with TLS, or {@code
 * redis-sentinel://user:p%40ss@host:26379,host:26379/0#master} by way of Sentinels, {@code
 * redis+cluster://user:p%40ss@host:6379,host:6379} or {@code rediss+cluster://…} for a Cluster.
 * User and password are those of Redis, may be left out, and may be percent-encoded. Has secrets:
 * its {@link #toString} leaves them out.
 *
 * @param hosts the server, the Sentinels, or some nodes of the Cluster
 * @param user null for the default user
 * @param password null for none
 * @param database the number of the logical database
 * @param tls whether connections are encrypted
 * @param master the name under which Sentinels know the master; null without Sentinels
 * @param cluster whether it is a Cluster
 */
record RedisUrl(
    List<Host> hosts,
    @Nullable String user,
    @Nullable String password,
    int database,
    boolean tls,
    @Nullable String master,
    boolean cluster) {
  /** The schemes of URLs that are read here. */
  static final Set<String> SCHEMES =
      Set.of("redis", "rediss", "redis-sentinel", "redis+cluster", "rediss+cluster");

  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26_379;
  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile(
          "([a-z+-]+)://(?:([^/?#@]*)@)?([^/?#@]+)(?:/(\\d{1,4})?)?(?:#([^/?#@]+))?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern HOST =
      Pattern.compile("([\\w.\\-]+|\\[[0-9a-fA-F:.%]+])(?::(\\d{1,5}))?");

  /** A host and its port. */
  record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it is of another form; the message has nothing of the URL
   */
  static RedisUrl of(String url) {
    Matcher form = FORM.matcher(url);
    String scheme = form.matches() ? form.group(1).toLowerCase(Locale.ROOT) : "";
    if (!SCHEMES.contains(scheme)) {
      throw illegal("redis://user:password@host:port/database");
    }
    boolean bySentinel = scheme.equals("redis-sentinel");
    if (bySentinel != (form.group(5) != null)) {
      throw illegal("redis-sentinel://user:password@host:port,host:port/database#master");
    }
    List<Host> hosts = hosts(form.group(3), bySentinel ? SENTINEL_PORT : PORT);
    boolean cluster = scheme.endsWith("+cluster");
    if (!bySentinel && !cluster && hosts.size() > 1) {
      throw illegal(
          "redis://user:password@host:port/database, of one server, or"
              + " redis+cluster://user:password@host:port,host:port");
    }
    int database = form.group(4) == null ? 0 : Integer.parseInt(form.group(4));
    if (cluster && database != 0) {
      throw illegal("redis+cluster://user:password@host:port,host:port; a Cluster has database 0");
    }
    String[] login = form.group(2) == null ? new String[0] : form.group(2).split(":", 2);
    if (login.length == 1) {
      // Some clients take it for the user and some for the password.
      throw illegal("redis://user:password@host:port/database, or :password without a user");
    }
    return new RedisUrl(
        hosts,
        login.length == 2 && !login[0].isEmpty() ? decode(login[0]) : null,
        login.length == 2 ? decode(login[1]) : null,
        database,
        scheme.startsWith("rediss"),
        form.group(5) == null ? null : decode(form.group(5)),
        cluster);
  }

  /** One node of the Cluster. */
  RedisUrl at(Host node) {
    return new RedisUrl(List.of(node), user, password, 0, tls, null, false);
  }

  private static List<Host> hosts(String text, int port) {
    List<Host> hosts = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      Matcher host = HOST.matcher(one);
      if (!host.matches()) {
        throw illegal("redis://user:password@host:port/database");
      }
      int number = host.group(2) == null ? port : Integer.parseInt(host.group(2));
      if (number < 1 || number > MAX_PORT) {
        throw illegal("redis://user:password@host:port/database, with a port of 1 to " + MAX_PORT);
      }
      hosts.add(new Host(host.group(1), number));
    }
    return List.copyOf(hosts);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without its cause, which repeats a part of the URL.
      throw new IllegalArgumentException(
          "the URL has a % that begins no escape; write % itself as %25");
    }
  }

  private static IllegalArgumentException illegal(String form) {
    return new IllegalArgumentException(
        "the URL is not of the form "
            + form
            + "; in user and password the characters : / ? # @ % have to be written as %3A %2F %3F"
            + " %23 %40 %25");
  }

  /** Without user and password. */
  @Override
  public String toString() {
    String at = hosts.stream().map(Host::toString).collect(Collectors.joining(","));
    return (cluster ? "Redis Cluster at " : "Redis at ")
        + (master == null ? at : "Sentinels " + at + ", master " + master)
        + (database == 0 ? "" : ", database " + database);
  }
}
