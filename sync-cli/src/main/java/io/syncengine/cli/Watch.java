// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.ChangeEvent;
import io.syncengine.model.ChangePosition;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes changes from the engine's threads to the command's, a bounded number ahead of it, and knows
 * where to go on. Whoever goes on from there misses nothing, and may see again what was printed
 * last.
 */
final class Watch implements Flow.Subscriber<ChangeEvent>, Account {
  private static final int AHEAD = 64;

  /** What comes: an event; at the end a failure or neither. */
  private record Signal(@Nullable ChangeEvent event, @Nullable Throwable failure) {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>(); // AHEAD and the end
  private volatile Flow.@Nullable Subscription subscription;
  private volatile @Nullable ChangePosition position;

  Watch() {}

  /**
   * Gives each event to a printer, on the calling thread, until the feed ends or the printer has
   * enough.
   *
   * @param printer returns true when the event is printed, false if it is not and no other will be
   * @throws RuntimeException what the feed failed with
   */
  void run(Flow.Publisher<ChangeEvent> feed, Predicate<ChangeEvent> printer) {
    feed.subscribe(this);
    Signal signal = next();
    for (ChangeEvent event = signal.event; event != null; event = signal.event) {
      if (!printer.test(event)) {
        return;
      }
      position = event.position();
      request(1);
      signal = next();
    }
    if (signal.failure instanceof RuntimeException failure) {
      throw failure;
    }
    if (signal.failure != null) {
      throw new IllegalStateException("the changes ended", signal.failure);
    }
  }

  private Signal next() {
    try {
      return signals.take(); // as long as nothing changes
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the command's thread", e);
    }
  }

  private void request(long n) {
    Flow.Subscription now = subscription;
    if (now != null) {
      now.request(n);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(AHEAD);
  }

  @Override
  public void onNext(ChangeEvent event) {
    signals.add(new Signal(event, null));
  }

  @Override
  public void onError(Throwable failure) {
    signals.add(new Signal(null, failure));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal(null, null));
  }

  @Override
  public Map<String, Object> facts() {
    Map<String, @Nullable Object> facts = new HashMap<>();
    ChangePosition at = position;
    facts.put("position", at == null ? null : at.toString());
    return facts;
  }

  @Override
  public String text() {
    ChangePosition at = position;
    return at == null ? "no change has come" : "to go on: --from " + at;
  }
}
