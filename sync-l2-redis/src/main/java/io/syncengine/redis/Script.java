// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A script that runs in Redis, as one step. Ids and contents are its arguments, never its text. */
enum Script {
  /** Makes a ground truth and tells what is there. */
  OPEN("open.lua"),
  /** Writes a batch. */
  COMMIT("writing.lua", "commit.lua"),
  /** Removes tombstones. */
  PURGE("writing.lua", "purge.lua"),
  /** Looks again at items that were not found. */
  MISSING("missing.lua"),
  /** Reads live items in order. */
  SCAN("scan.lua"),
  /** Reads the change log. */
  POLL("poll.lua");

  private final String text;
  private final String hash;

  Script(String... resources) {
    text = Arrays.stream(resources).map(Script::read).collect(Collectors.joining());
    hash = sha1(text);
  }

  private static String read(String resource) {
    try (InputStream in = Script.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-1", e);
    }
  }

  /**
   * Runs it by its hash, and by its text if the server does not have it, as after a restart.
   *
   * @param timeout how long both may take together
   * @return the reply, which may be an {@link ErrorReply}
   */
  Object run(RedisClient client, Duration timeout, List<byte[]> keys, List<byte[]> arguments)
      throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    Object reply = one(client, command("EVALSHA", hash, keys, arguments), timeout);
    if (!(reply instanceof ErrorReply error) || !error.code().equals("NOSCRIPT")) {
      return reply;
    }
    Duration left = Duration.ofNanos(end - System.nanoTime());
    return one(client, command("EVAL", text, keys, arguments), left);
  }

  private static Object one(RedisClient client, Command command, Duration timeout)
      throws ConnectionException {
    return client.send(List.of(command), timeout).first();
  }

  private static Command command(
      String name, String script, List<byte[]> keys, List<byte[]> arguments) {
    Command.Builder command = Command.of(name).add(script).add(keys.size());
    keys.forEach(command::addKey);
    arguments.forEach(command::add);
    return command.build();
  }
}
