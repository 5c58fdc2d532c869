// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came back, and from whom. A reply is a {@code byte[]}, a {@code Long}, a {@code List} of
 * replies, null for nil, or a {@link ErrorReply}.
 *
 * @param all one for each command, in their order
 * @param from the identities of the servers that replied, as the connections that were used had
 *     been told when they were {@linkplain Greeting greeted}
 */
record Replies(List<@Nullable Object> all, Set<String> from) {
  /** The first reply, of a command that always replies something. */
  Object first() {
    return Objects.requireNonNull(all.get(0), "a command that always replies something");
  }
}
