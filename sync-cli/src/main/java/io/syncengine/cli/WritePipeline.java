// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.WriteRejectedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps many writes in flight, bounded in number and bytes.
 *
 * <p>Everything is decided on the one thread that calls: futures only put their outcome into a
 * queue. An id has one write in flight at a time, so that writes of an id keep the order of the
 * input also when one of them is refused by pressure and tried again.
 */
final class WritePipeline implements Sink {
  private static final int MAX_WRITES = 2048;
  private static final long MAX_BYTES = 32L << 20;

  private final Function<Write, CompletableFuture<Receipt>> writer;
  private final Duration patience;
  private final IngestCounts counts;
  private final RefusedLines refusals;
  private final BlockingQueue<Settled> settled = new LinkedBlockingQueue<>();
  private final Map<String, Write> inFlight = new HashMap<>();
  private long bytesInFlight;
  private long lastProgress = System.nanoTime();

  /**
   * Makes a pipeline.
   *
   * @param writer starts a write
   * @param patience how long nothing may be accepted before the pipeline gives up
   * @param counts counts what is acknowledged
   * @param refusals is told of writes that are refused for good
   */
  WritePipeline(
      Function<Write, CompletableFuture<Receipt>> writer,
      Duration patience,
      IngestCounts counts,
      RefusedLines refusals) {
    this.writer = writer;
    this.patience = patience;
    this.counts = counts;
    this.refusals = refusals;
  }

  /**
   * Starts writes in an engine.
   *
   * @param engine where writes go
   * @param ack the level to wait for
   */
  static Function<Write, CompletableFuture<Receipt>> into(SyncEngine engine, Ack ack) {
    return write ->
        write.item() == null
            ? engine.deleteAsync(write.id(), ack)
            : engine.submitAsync(write.item(), ack);
  }

  /** What became of a write, and when; the failure is null if it was acknowledged. */
  private record Settled(Write write, @Nullable Throwable failure, long at) {}

  @Override
  public @Nullable SyncItem underway(String id) {
    Write write = inFlight.get(id);
    return write == null ? null : write.item();
  }

  /**
   * Sends a write once there is room.
   *
   * @throws WriteRejectedException if pressure refuses writes for longer than the patience
   * @throws SyncEngineException if a write, this or an earlier one, was not acknowledged; the input
   *     has to be stopped, and what is in flight goes on
   */
  @Override
  public void send(Write write) {
    while (inFlight.containsKey(write.id()) || isFull(write)) {
      settleOne();
    }
    if (inFlight.isEmpty()) {
      lastProgress = System.nanoTime(); // the wait begins now
    }
    inFlight.put(write.id(), write);
    bytesInFlight += write.bytes();
    start(write);
    while (!settled.isEmpty()) {
      settleOne();
    }
  }

  @Override
  public void await() {
    while (!inFlight.isEmpty()) {
      settleOne();
    }
  }

  private boolean isFull(Write write) {
    return inFlight.size() >= MAX_WRITES
        || (!inFlight.isEmpty() && bytesInFlight + write.bytes() > MAX_BYTES);
  }

  private void start(Write write) {
    CompletableFuture<Receipt> future;
    try {
      future = writer.apply(write);
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    }
    var unused =
        future.whenComplete(
            (receipt, failure) -> {
              if (failure == null) {
                counts.acknowledged(write.kind()); // here, to be exact when it is interrupted
              }
              settled.add(new Settled(write, failure, System.nanoTime()));
            });
  }

  private void settleOne() {
    Settled one = next();
    Throwable failure =
        one.failure() instanceof CompletionException e && e.getCause() != null
            ? e.getCause()
            : one.failure();
    if (failure instanceof WriteRejectedException rejected) {
      tryAgain(one, rejected);
      return;
    }
    inFlight.remove(one.write().id());
    bytesInFlight -= one.write().bytes();
    if (failure == null) {
      lastProgress = one.at();
    } else if (isOfThisWriteAlone(failure)) {
      refusals.refused(one.write().line(), one.write().id(), String.valueOf(failure.getMessage()));
    } else {
      throw failure instanceof RuntimeException e ? e : new CompletionException(failure);
    }
  }

  private Settled next() {
    try {
      Settled one = settled.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (one == null) {
        throw new CommandException(
            ExitCodes.UNAVAILABLE,
            "NoProgress",
            "no write was acknowledged for " + patience.toSeconds() + " s",
            "see sync status; what was accepted goes on with the next start");
      }
      return one;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SyncEngineException("interrupted while waiting for writes", e);
    }
  }

  private void tryAgain(Settled one, WriteRejectedException rejected) {
    long due = one.at() + rejected.retryAfter().toNanos();
    if (due - lastProgress > patience.toNanos()) {
      throw rejected;
    }
    long wait = due - System.nanoTime();
    if (wait > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SyncEngineException("interrupted while waiting for pressure to fall", e);
      }
    }
    start(one.write());
  }

  /** Whether the engine refused this write and would take another. */
  private static boolean isOfThisWriteAlone(Throwable failure) {
    return failure instanceof IllegalArgumentException
        || (failure instanceof TierException e
            && !(e instanceof TierUnavailableException)
            && !e.retryable());
  }
}
