// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A script that runs in Redis, as one step. Ids and contents are its arguments, never its text. */
enum Script {
  /** Makes a ground truth and tells what is there. */
  OPEN("open.lua"),
  /** Writes a batch. */
  COMMIT("bytes.lua", "writing.lua", "commit.lua"),
  /** Removes tombstones. */
  PURGE("bytes.lua", "writing.lua", "purge.lua"),
  /** Looks again at items that were not found. */
  MISSING("missing.lua"),
  /** Reads live items in order. */
  SCAN("scan.lua"),
  /** Reads headers of values and tombstones in order. */
  HEADERS("bytes.lua", "headers.lua"),
  /** Registers or forgets a reader of the change log. */
  READER("bytes.lua", "writing.lua", "reader.lua"),
  /** Removes old rows of the change log. */
  TRIM("bytes.lua", "writing.lua", "trim.lua"),
  /** Reads the change log. */
  POLL("poll.lua"),
  /** Tries what the scripts of a cache do. */
  CACHE_OPEN("cache_open.lua"),
  /** Reads the state of a space, and begins it. */
  CACHE_STATE("cache_state.lua"),
  /** Tells a cache what was committed or read. */
  CACHE_PUT("bytes.lua", "cache_put.lua"),
  /** Gives the lanes of a new space their first numbers. */
  CACHE_LANES("bytes.lua", "cache_lanes.lua"),
  /** Gives lanes that lost their numbers the head. */
  CACHE_LANE("bytes.lua", "cache_lane.lua"),
  /** Moves the position of an origin. */
  CACHE_MOVE("bytes.lua", "cache_position.lua", "cache_move.lua"),
  /** Moves the base. */
  CACHE_ADVANCE("bytes.lua", "cache_position.lua", "cache_advance.lua");

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

  /** What it is called with. */
  record Call(List<byte[]> keys, List<byte[]> arguments) {}

  /**
   * Runs it by its hash, and by its text if the server does not have it, as after a restart.
   *
   * @param timeout how long both may take together
   * @return the reply, which may be an {@link ErrorReply}
   */
  Object run(RedisClient client, Duration timeout, List<byte[]> keys, List<byte[]> arguments)
      throws ConnectionException {
    return run(client, timeout, List.of(new Call(keys, arguments))).first();
  }

  /**
   * The same several times, in one pipeline. Where a server does not have it, the calls that it
   * refused for that come after the others.
   *
   * @param timeout how long all of it may take together
   * @return the reply of each, which may be an {@link ErrorReply}
   */
  Replies run(RedisClient client, Duration timeout, List<Call> calls) throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    Replies replies = client.send(commands("EVALSHA", hash, calls), timeout);
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      if (replies.all().get(i) instanceof ErrorReply error && error.code().equals("NOSCRIPT")) {
        unknown.add(i);
      }
    }
    if (unknown.isEmpty()) {
      return replies;
    }
    Duration left = Duration.ofNanos(end - System.nanoTime());
    Replies again =
        client.send(commands("EVAL", text, unknown.stream().map(calls::get).toList()), left);
    List<@Nullable Object> all = new ArrayList<>(replies.all());
    for (int i = 0; i < unknown.size(); i++) {
      all.set(unknown.get(i), again.all().get(i));
    }
    Set<String> from = new HashSet<>(replies.from());
    from.addAll(again.from());
    return new Replies(all, from);
  }

  private static List<Command> commands(String name, String script, List<Call> calls) {
    return calls.stream().map(call -> command(name, script, call)).toList();
  }

  private static Command command(String name, String script, Call call) {
    Command.Builder command = Command.of(name).add(script).add(call.keys.size());
    call.keys.forEach(command::addKey);
    call.arguments.forEach(command::add);
    return command.build();
  }
}
