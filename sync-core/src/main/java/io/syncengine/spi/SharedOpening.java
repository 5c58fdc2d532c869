// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a tier has open, which several engines may share, as {@link Tier#open} lays down: the first
 * open makes it, the last close ends it, and a call in between gets it, or the exception of a tier
 * that is not open. For implementations.
 *
 * <p>Safe from any thread.
 *
 * @param <S> what is open, such as connections
 * @since 0.1
 */
// Concurrency: `lifecycle` guards opens and the writing of the two volatile fields; it is held over
// the making of the first open and the ending of the last close. Calls read the fields once.
public final class SharedOpening<S> {
  private final Consumer<S> ender;
  private final ReentrantLock lifecycle = new ReentrantLock();
  private int opens;
  private volatile @Nullable Opened<S> opened;
  private volatile String tierName;

  /**
   * What is open, and for whom.
   *
   * @param store what was made
   * @param by the configuration of the latest open
   * @param writable whether it was made for writing
   * @param <S> what is open
   */
  public record Opened<S>(S store, TierConfig by, boolean writable) {}

  /**
   * Nothing is open yet.
   *
   * @param tierName the name for exceptions until a configuration gives one
   * @param ender ends what was made; must not throw
   */
  public SharedOpening(String tierName, Consumer<S> ender) {
    this.tierName = Objects.requireNonNull(tierName, "tierName");
    this.ender = Objects.requireNonNull(ender, "ender");
  }

  /**
   * Opens once more.
   *
   * @param by what the engine asks for; must agree with who has it open already in URL, client,
   *     options, namespace and version mode, and not ask for writing where that reads only
   * @param maker makes what is to be open, if nothing is; what it throws is thrown
   * @param describer tells what is open; if it throws after the making, what was made is ended
   * @return the description
   * @throws TierException if it does not agree, not retryable
   */
  public TierInfo open(
      TierConfig by, Function<TierConfig, S> maker, Function<S, TierInfo> describer) {
    lifecycle.lock();
    try {
      Opened<S> before = opened;
      if (before != null) {
        requireSame(before, by);
      }
      S store = before == null ? maker.apply(by) : before.store;
      TierInfo info = describe(store, before == null, describer);
      opens++;
      opened = new Opened<>(store, by, before == null ? !by.readOnly() : before.writable);
      tierName = by.tierName();
      return info;
    } finally {
      lifecycle.unlock();
    }
  }

  private TierInfo describe(S store, boolean justMade, Function<S, TierInfo> describer) {
    try {
      return describer.apply(store);
    } catch (RuntimeException e) {
      if (justMade) {
        ender.accept(store);
      }
      throw e;
    }
  }

  private static void requireSame(Opened<?> known, TierConfig by) {
    TierConfig before = known.by;
    boolean same =
        before.namespace().equals(by.namespace())
            && before.versionMode() == by.versionMode()
            && Objects.equals(before.url(), by.url())
            && Objects.equals(before.client(), by.client())
            && before.properties().equals(by.properties())
            && (known.writable || by.readOnly());
    if (!same) {
      throw new TierException(
          by.tierName(),
          "open",
          false,
          "another engine has this tier open with another URL, client, options, namespace or"
              + " version mode, or read-only; give each engine a tier of its own",
          null);
    }
  }

  /**
   * What a call works with.
   *
   * @param operation the call's name, for the exception
   * @return what is open
   * @throws TierUnavailableException if nothing is
   */
  public Opened<S> require(String operation) {
    Opened<S> at = opened;
    if (at == null) {
      throw new TierUnavailableException(tierName, operation, "the tier is not open", null);
    }
    return at;
  }

  /**
   * What a call that writes works with.
   *
   * @param operation the call's name, for the exceptions
   * @return what is open
   * @throws TierUnavailableException if nothing is
   * @throws TierException if it was opened for reading only, not retryable
   */
  public Opened<S> requireWritable(String operation) {
    Opened<S> at = require(operation);
    if (!at.writable) {
      throw new TierException(
          tierName, operation, false, "the tier is open for reading only", null);
    }
    return at;
  }

  /** Closes once; the last of all opens ends what was made. Does nothing if nothing is open. */
  public void close() {
    lifecycle.lock();
    try {
      Opened<S> last = opened;
      if (last != null && --opens == 0) {
        opened = null;
        ender.accept(last.store);
      }
    } finally {
      lifecycle.unlock();
    }
  }
}
