// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import io.syncengine.SyncEngine;
import io.syncengine.jdbc.kill.Workload.Op;
import io.syncengine.jdbc.kill.Workload.Tag;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes until it is killed, many calls in flight, and reports each acknowledged write after its
 * acknowledgement, one line by one write call, so that a line that the parent gets is complete.
 *
 * <pre>
 * A tag id version level   acknowledged at a level
 * R tag id version level   a reader saw the value of a write that asked for a level
 * X tag                    refused
 * F text                   a promise was broken in the child
 * </pre>
 */
final class KillChild {
  private static final int FAILED = 3;
  private static final long MOMENT_NANOS = 1_000_000;

  private final Scenario scenario;
  private final Workload workload;
  private final int run;
  private final CrashPoints points;
  private final SyncEngine engine;
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final AtomicInteger acks = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private KillChild(Scenario scenario, int run, CrashPoints points, SyncEngine engine) {
    this.scenario = scenario;
    this.workload = new Workload(scenario);
    this.run = run;
    this.points = points;
    this.engine = engine;
    engine.onPressure(pressure -> signalChange());
  }

  /** Takes the folder, the seed, the kind, the number of the run, and a step to leave out. */
  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          e.printStackTrace();
          Runtime.getRuntime().halt(FAILED);
        });
    Scenario scenario = Scenario.of(Long.parseLong(args[1]), Integer.parseInt(args[2]));
    int run = Integer.parseInt(args[3]);
    CrashPoints points = new CrashPoints();
    if (args.length > 4) {
      points.leaveOut(FailPoint.valueOf(args[4]));
    }
    if (scenario.point(run) == FailPoint.REPLAY) {
      points.haltAt(FailPoint.REPLAY, scenario.nth());
    }
    SyncEngine engine = SyncEngine.open(scenario.config(Path.of(args[0]), true, points));
    KillChild child = new KillChild(scenario, run, points, engine);
    new Thread(child::writeAndRead).start();
    for (int i = 1; i < Workload.WRITERS; i++) {
      int writer = i;
      new Thread(() -> child.write(writer)).start();
    }
  }

  /** One call at a time, each followed by reads. */
  private void writeAndRead() {
    for (int n = 0; ; n++) {
      Tag tag = new Tag(run, 0, n);
      Op op = workload.op(tag);
      Ack level = op.level() == Ack.PERSISTED ? Ack.LOGGED : op.level();
      try {
        Receipt receipt =
            op.delete()
                ? engine.delete(op.id(), level)
                : engine.submit(workload.item(tag, level), level);
        acknowledged(tag, receipt);
        ReadResult own = engine.read(op.id());
        if (own.source() == Source.FILTER) {
          // By a delete, of which the ground truth knows the version, or that of what came after.
          own = engine.read(op.id(), ReadOption.VERIFY);
        }
        if (own.revision().isEmpty() || own.revision().get().version() < receipt.version()) {
          report("F " + op.id() + " was read below its own write " + tag + ": " + own.revision());
        }
      } catch (WriteRejectedException e) {
        refused(tag);
      }
      read(workload.op(new Tag(run, -1, n)).id(), n % 4 == 0);
    }
  }

  private void read(String id, boolean skipMemory) {
    ReadResult read = skipMemory ? engine.read(id, ReadOption.SKIP_L1) : engine.read(id);
    if (read.item().isPresent()) {
      SyncItem item = read.item().get();
      String[] parts = item.contentAsString().split(" ");
      report("R " + parts[1] + ' ' + id + ' ' + item.version() + ' ' + parts[2]);
    }
  }

  /** As many calls in flight as the window allows; fewer of those that wait for the flusher. */
  private void write(int writer) {
    Semaphore window = new Semaphore(scenario.window());
    Semaphore persisting = new Semaphore(scenario.window());
    for (int n = 0; ; n++) {
      Tag tag = new Tag(run, writer, n);
      Op op = workload.op(tag);
      boolean persist = op.level() == Ack.PERSISTED && persisting.tryAcquire();
      Ack level = persist || op.level() != Ack.PERSISTED ? op.level() : Ack.LOGGED;
      Semaphore taken = persist ? persisting : window;
      if (!persist) {
        window.acquireUninterruptibly();
      }
      try {
        CompletableFuture<Receipt> future =
            op.delete()
                ? engine.deleteAsync(op.id(), level)
                : engine.submitAsync(workload.item(tag, level), level);
        future.whenComplete(
            (receipt, failure) -> {
              ended(tag, receipt, failure);
              taken.release();
            });
      } catch (WriteRejectedException e) {
        taken.release();
        refused(tag);
      }
    }
  }

  private void ended(Tag tag, Receipt receipt, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause == null) {
      acknowledged(tag, receipt);
    } else if (cause instanceof AckTimeoutException late) {
      acknowledged(tag, late.receipt());
    } else if (cause instanceof WriteRejectedException) {
      refused(tag);
    } else {
      report("F " + tag + " failed: " + cause);
    }
  }

  private void acknowledged(Tag tag, Receipt receipt) {
    report("A " + tag + ' ' + receipt.id() + ' ' + receipt.version() + ' ' + receipt.reached());
    signalChange();
    int count = acks.incrementAndGet();
    FailPoint point = scenario.point(run);
    if (count == scenario.killAfter() && point != null) {
      points.haltAt(point, scenario.nth());
    }
    if (count == scenario.stallAfter()) {
      points.blockAt(FailPoint.FLUSH_TAKE);
    }
  }

  /** Until something has changed that may let the next write in, or a moment has passed. */
  private void refused(Tag tag) {
    report("X " + tag);
    lock.lock();
    try {
      changed.awaitNanos(MOMENT_NANOS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  private void signalChange() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private synchronized void report(String line) {
    try {
      out.write((line + '\n').getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The parent is gone.
      Runtime.getRuntime().halt(FAILED);
    }
  }
}
