// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A store below memory: a cache (L2) or the ground truth (L3). What both must do is here; what only
 * some can is a capability: {@link Scannable}, {@link ChangeLog}, {@link TombstonePurge}, {@link
 * CacheGenerations}. A tier opened as a {@link TierRole#CACHE} is used by its capability {@link
 * Cache} alone.
 *
 * <p>Methods are safe from any thread after {@link #open}. Every call returns, or throws {@link
 * io.syncengine.model.TierUnavailableException}, within {@link TierConfig#requestTimeout()}; the
 * engine relies on this and calls {@link #load}, and a scan's pages, on the thread of its caller. A
 * tier never retries longer than that by itself. What it throws is a {@link
 * io.syncengine.model.TierException} without secrets, ids or contents in its message.
 *
 * @since 0.1
 */
public interface Tier extends AutoCloseable {
  /**
   * Connects, creates or migrates what is missing, and checks what stands there: format, namespace,
   * version mode. Called again after it failed, and once for each engine if several share this
   * object; such a tier counts opens and closes.
   *
   * @param config what the engine asks for
   * @return what was found
   * @throws io.syncengine.model.TierUnavailableException if it cannot be reached
   * @throws io.syncengine.model.TierException if it can but refuses, or holds something else than
   *     this engine's data: not retryable, nothing was written
   */
  TierInfo open(TierConfig config);

  /**
   * Writes a batch in one transaction. Each entry is written only if it is above what is there
   * (fenced), and, if it has a base, only over exactly that base. If another database than the one
   * that was opened can come to stand behind an open tier, such as a restored one, it is told
   * within the transaction and nothing is written.
   *
   * @param batch at least one entry, each id once, sorted by {@link
   *     io.syncengine.model.ItemId#BYTE_ORDER}
   * @return an outcome for each
   * @throws io.syncengine.model.TierUnavailableException if the outcome is unknown or nothing was
   *     written, as over another database; the same batch may be applied again at any time
   * @throws io.syncengine.model.TierException if the batch as a whole was refused and nothing was
   *     written; the engine splits it
   */
  ApplyResult apply(List<Entry> batch);

  /**
   * Reads ids, tombstones included.
   *
   * @param ids distinct ids
   * @return what is there
   * @throws io.syncengine.model.TierUnavailableException if the tier cannot be asked
   */
  LoadResult load(Collection<String> ids);

  /**
   * The time as the tier's server has it, to tell how far its clock and this machine's are apart.
   * The answer was taken at some moment between the call and its return.
   *
   * @return milliseconds since the epoch; empty if the tier has no server with a clock of its own
   * @throws io.syncengine.model.TierUnavailableException if the tier cannot be asked
   */
  default OptionalLong serverTimeMillis() {
    return OptionalLong.empty();
  }

  /**
   * An optional ability.
   *
   * @param type the capability's interface
   * @param <C> the capability
   * @return this tier's implementation, empty if it has none; the same answer each time
   */
  default <C> Optional<C> capability(Class<C> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  /** Ends what {@link #open} began, once for each; idempotent after that. Never throws. */
  @Override
  void close();
}
