// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows on stderr how far a work is, from a thread of its own: a bar on a terminal, a line every
 * five seconds elsewhere.
 */
final class Progress {
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration LINE = Duration.ofSeconds(5);
  private static final Duration STOP = Duration.ofSeconds(1);

  private final Work work;
  private final Messages messages;
  private final LongSupplier clock;
  private final ProgressText text;
  private final Pace pace = new Pace();
  private final long start;

  Progress(Work work, Messages messages, LongSupplier clock) {
    this.work = work;
    this.messages = messages;
    this.clock = clock;
    this.text = new ProgressText(work.verb(), work.unit());
    this.start = clock.getAsLong();
    pace.add(now());
  }

  /**
   * What is shown; its figures are asked for on the thread that shows them.
   *
   * @param verb what is done
   * @param unit what is counted, in the plural
   * @param count how many are done
   * @param done how much of the total is done
   * @param total the total; 0 if it is not known
   */
  record Work(String verb, String unit, LongSupplier count, LongSupplier done, long total) {
    /** A work whose end is the end of an input. */
    static Work over(CountedInput input, String verb, String unit, LongSupplier count) {
      return new Work(verb, unit, count, input::bytesRead, input.total());
    }
  }

  /**
   * Shows a work while it is done.
   *
   * @param task does it, on the calling thread
   */
  static void during(Work work, Messages messages, Runnable task) {
    Progress progress = new Progress(work, messages, System::nanoTime);
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Progress::daemon);
    long period = (messages.launch().errIsTerminal() ? REDRAW : LINE).toMillis();
    var unused = thread.scheduleAtFixedRate(progress::show, period, period, TimeUnit.MILLISECONDS);
    try {
      task.run();
    } finally {
      stop(thread);
      messages.erase();
    }
  }

  /** Shows how far the work is now. */
  void show() {
    pace.add(now());
    int columns = messages.launch().columns();
    if (columns > 0) {
      messages.draw(text.bar(pace, columns));
    } else {
      messages.note(text.plain(pace));
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sync-progress");
    thread.setDaemon(true);
    return thread;
  }

  private static void stop(ScheduledExecutorService thread) {
    thread.shutdownNow();
    try {
      thread.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Pace.Point now() {
    return new Pace.Point(
        clock.getAsLong() - start, work.count().getAsLong(), work.done().getAsLong(), work.total());
  }
}
