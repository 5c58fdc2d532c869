// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells listeners of events, one event after the other in the order in which they were told here,
 * on the callback executor. Safe from any thread: whoever raises {@code waiting} from zero starts
 * the one task that empties the queue.
 */
final class Listeners<T> {
  private static final System.Logger LOG = System.getLogger(Listeners.class.getName());

  private final CopyOnWriteArrayList<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<T> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Consumer<Runnable> callbacks;

  Listeners(Consumer<Runnable> callbacks) {
    this.callbacks = callbacks;
  }

  AutoCloseable add(Consumer<T> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void tell(T event) {
    if (listeners.isEmpty()) {
      return;
    }
    events.add(event);
    if (waiting.getAndIncrement() == 0) {
      callbacks.accept(this::deliver);
    }
  }

  private void deliver() {
    do {
      T event = events.poll();
      for (Consumer<T> listener : listeners) {
        try {
          listener.accept(event);
        } catch (RuntimeException | Error e) {
          // Whatever it was, the others and the next event are not to be lost with it.
          LOG.log(System.Logger.Level.WARNING, "a listener failed", e);
        }
      }
    } while (waiting.decrementAndGet() > 0);
  }
}
