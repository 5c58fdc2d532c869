// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;

/**
 * A process with an engine that writes the same ids as others until a line comes in, and then
 * flushes and closes.
 *
 * <pre>
 * A id version deleted content   a write was acknowledged
 * F text                         a call failed that must not
 * E                              everything is flushed
 * </pre>
 */
final class WritingEngine {
  static final int IDS = 1_000;
  private static final int IN_FLIGHT = 128;

  private final SyncEngine engine;
  private final String name;
  private final Random random;
  private final Semaphore window = new Semaphore(IN_FLIGHT);
  private volatile boolean stopped;

  private WritingEngine(SyncEngine engine, String name, long seed) {
    this.engine = engine;
    this.name = name;
    this.random = new Random(seed);
  }

  static SyncEngineConfig config(String url, Path log) {
    return SyncEngineConfig.builder()
        .sqlUrl(url)
        .walPath(log)
        .batchFlushInterval(Duration.ofMillis(20))
        .ackTimeout(Duration.ofSeconds(30))
        .build();
  }

  /** Takes URL, path of the log, a name and a seed. */
  public static void main(String[] args) throws IOException {
    try (SyncEngine engine = SyncEngine.open(config(args[0], Path.of(args[1])))) {
      WritingEngine writer = new WritingEngine(engine, args[2], Long.parseLong(args[3]));
      Thread writing = new Thread(writer::write);
      writing.start();
      System.in.read();
      writer.stop(writing);
    }
  }

  private void write() {
    for (long n = 0; !stopped; n++) {
      String id = "id." + random.nextInt(IDS);
      Ack level = random.nextInt(8) == 0 ? Ack.PERSISTED : Ack.LOGGED;
      boolean delete = random.nextInt(8) == 0;
      String content = name + "/" + n;
      window.acquireUninterruptibly();
      CompletableFuture<Receipt> call =
          delete
              ? engine.deleteAsync(id, level)
              : engine.submitAsync(SyncItem.of(id, content), level);
      call.whenComplete(
          (receipt, failure) -> {
            ended(receipt, failure, delete, content);
            window.release();
          });
    }
  }

  private void ended(Receipt receipt, Throwable failure, boolean delete, String content) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    Receipt known = cause instanceof AckTimeoutException late ? late.receipt() : receipt;
    if (known == null) {
      say("F " + cause);
    } else {
      say("A " + known.id() + ' ' + known.version() + ' ' + delete + ' ' + content);
    }
  }

  private void stop(Thread writing) {
    stopped = true;
    try {
      writing.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
    window.acquireUninterruptibly(IN_FLIGHT);
    say(engine.flush(Duration.ofSeconds(30)).complete() ? "E" : "F the flush is not complete");
  }

  /** One write call a line: a line that arrives is whole. */
  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
