// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.DrainReport;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.EngineStats;
import io.syncengine.model.ItemId;
import io.syncengine.model.Outcome;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.spi.Entry;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.InMemoryLog;
import io.syncengine.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Random operations on one engine after the other, over the same ground truth and log, each
 * compared with a {@link Model}. The engines run on their own threads, the clock is turned here.
 */
final class ModelRun implements AutoCloseable {
  private static final int MAX_CONTENT = 4096;
  private static final Duration STEP = Duration.ofMillis(20);

  private final Random random;
  private final ManualTime time = new ManualTime();
  private final CrashPoints failPoints;
  private final InMemoryTier truth = new InMemoryTier();
  private final FaultyTier tier = new FaultyTier(truth, time);
  private final InMemoryLog log;
  private final Model model = new Model();
  private final List<String> ids = new ArrayList<>();
  private final Map<String, SyncItem> readBefore = new HashMap<>();
  private final List<String> trace = new ArrayList<>();
  private final ExecutorService caller = Executors.newSingleThreadExecutor();
  // An old item that was read is shown again during an outage if nothing else of it is known.
  private final Set<String> oldAsRead = new HashSet<>();
  // The same after a restart, which does not know that they were no new writes.
  private final Set<String> oldReplayed = new HashSet<>();
  private Fence fence;
  private SyncEngine engine;
  private boolean faulty;
  private long contents;
  // A write at MEMORY whose append failed is in no ceiling and, if flushed, newer than what is
  // replayed: a clock set back would be noticed, and an outage after a restart shows the older one.
  private final boolean logFails;

  ModelRun(long seed, boolean withLog, CrashPoints failPoints) {
    this.random = new Random(seed);
    this.failPoints = failPoints;
    this.log = withLog ? new InMemoryLog() : null;
    this.logFails = withLog && random.nextBoolean();
    for (String stem : List.of("a", "a.b", "ab", "z", "é")) {
      ids.add(stem);
      for (int i = 0; i < 7; i++) {
        ids.add(stem + '.' + i);
      }
    }
    open();
  }

  /** Runs so many operations, then brings everything to rest and compares it as a whole. */
  void run(int operations) {
    try {
      for (int i = 0; i < operations; i++) {
        operation();
      }
      rest();
    } catch (RuntimeException | AssertionError e) {
      int from = Boolean.getBoolean("sync.trace") ? 0 : Math.max(0, trace.size() - 60);
      throw new AssertionError(
          e + "\nafter, last ones:\n" + String.join("\n", trace.subList(from, trace.size())), e);
    }
  }

  @Override
  public void close() {
    fence.cut();
    engine.close(Duration.ZERO);
    caller.shutdownNow();
  }

  private void open() {
    fence = new Fence();
    SyncEngineConfig.Builder config =
        SyncEngineConfig.builder()
            .l3(fence.tier(tier))
            .startupTries(1)
            .queryTries(1)
            .l1MaxBytes(64 << 10)
            .batchFlushCount(20)
            .ackTimeout(Duration.ofMillis(500))
            .timeSource(time)
            .scheduler(time)
            .failPoints(failPoints);
    if (log != null) {
      config.log(fence.log(log));
    }
    engine = turn(() -> SyncEngine.open(config.build()));
  }

  private void operation() {
    int dice = random.nextInt(100);
    if (dice < 24) {
      submit(SyncItem.of(anyId(), content()));
    } else if (dice < 28) {
      submitChangedAsRead();
    } else if (dice < 32) {
      submitAsRead();
    } else if (dice < 41) {
      delete(anyId());
    } else if (dice < 55) {
      get(anyId());
    } else if (dice < 60) {
      getAll();
    } else if (dice < 70) {
      read(anyId());
    } else if (dice < 73) {
      contains(anyId());
    } else if (dice < 76) {
      scan();
    } else if (dice < 80) {
      getOrCompute(anyId());
    } else if (dice < 88) {
      advance(Duration.ofMillis(random.nextInt(200)));
    } else {
      rare(random.nextInt(24));
    }
  }

  private void rare(int dice) {
    if (dice < 4) {
      flush();
    } else if (dice < 6) {
      restart(false);
    } else if (dice < 8) {
      restart(true);
    } else if (dice < 10) {
      setClock();
    } else if (dice < 14) {
      breakTier();
    } else if (dice < 17) {
      breakLog();
    } else {
      heal();
    }
  }

  private String anyId() {
    return ids.get(random.nextInt(ids.size()));
  }

  private String content() {
    if (random.nextInt(30) == 0) {
      return "";
    }
    String name = "#" + ++contents + ' ';
    return name + "x".repeat(random.nextInt(MAX_CONTENT - name.length()));
  }

  private Ack anyAck() {
    return switch (random.nextInt(5)) {
      case 0 -> Ack.PERSISTED;
      case 1, 2 -> Ack.MEMORY;
      default -> log == null ? Ack.MEMORY : Ack.LOGGED;
    };
  }

  private void note(String line) {
    trace.add(line);
  }

  // --- time

  /** Turns the clock until a call on another thread is through. */
  private <T> T turn(Supplier<T> call) {
    return turn(CompletableFuture.supplyAsync(call, caller));
  }

  private <T> T turn(CompletableFuture<T> future) {
    try {
      for (int i = 0; i < 20_000; i++) {
        try {
          return future.get(i == 0 ? 3_000 : 300, TimeUnit.MICROSECONDS);
        } catch (TimeoutException e) {
          time.advance(STEP);
        }
      }
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("a call does not end");
  }

  private void advance(Duration by) {
    note("advance " + by.toMillis());
    time.advance(by);
  }

  private void setClock() {
    if (log == null || logFails) {
      return;
    }
    Duration by = Duration.ofSeconds(random.nextInt(7_200) - 3_600);
    note("clock " + by);
    time.setWallClock(Instant.ofEpochMilli(time.currentTimeMillis()).plus(by));
  }

  // --- faults

  private void breakTier() {
    faulty = true;
    int kind = random.nextInt(4);
    note("tier fault " + kind);
    switch (kind) {
      case 0 -> tier.failNext(1 + random.nextInt(3));
      case 1 -> tier.commitThenFail(1 + random.nextInt(2));
      case 2 -> tier.failAll(FaultyTier.Operation.POLL);
      default -> tier.failAll();
    }
  }

  private void breakLog() {
    if (logFails) {
      boolean kept = random.nextBoolean();
      note("log fault, kept " + kept);
      log.failAppends(1, kept);
      log.failReopens(random.nextInt(2));
    }
  }

  private void heal() {
    if (!faulty) {
      return;
    }
    note("heal");
    tier.heal();
    faulty = false;
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < end) {
      try {
        engine.read("probe", ReadOption.SKIP_L1);
        if (!engine.health().reasons().toString().contains("circuit breaker")) {
          return;
        }
      } catch (TierUnavailableException e) {
        note("  not yet");
      }
      // Joined by upkeep, and let through by the breaker, in their time.
      time.advance(Duration.ofMillis(100));
      Thread.yield();
    }
    throw new AssertionError("the tier is not joined");
  }

  // --- writes

  private void submit(SyncItem item) {
    Ack ack = anyAck();
    note("submit " + item.id() + " " + Model.label(item.contentAsString()) + " " + ack);
    String content = item.contentAsString();
    write(item.id(), content, () -> engine.submitAsync(item, ack));
  }

  private void delete(String id) {
    Ack ack = anyAck();
    note("delete " + id + " " + ack);
    write(id, null, () -> engine.deleteAsync(id, ack));
  }

  private void write(String id, String content, Supplier<CompletableFuture<Receipt>> call) {
    try {
      Receipt receipt = turn(call.get());
      assertThat(receipt.outcome()).isEqualTo(Outcome.APPLIED);
      model.accepted(id, content, receipt.reached() != Ack.MEMORY);
    } catch (WriteRejectedException e) {
      note("  rejected");
    } catch (CompletionException e) {
      failed(id, content, e.getCause());
    }
  }

  private void failed(String id, String content, Throwable failure) {
    if (failure instanceof AckTimeoutException late) {
      note("  late " + late.receipt().reached());
      model.accepted(id, content, late.receipt().reached() != Ack.MEMORY);
    } else if (failure instanceof DurabilityException) {
      note("  unknown");
      model.unknown(id, content);
    } else if (failure instanceof WriteRejectedException) {
      note("  rejected");
    } else {
      throw new AssertionError("a write failed", failure);
    }
  }

  private void submitChangedAsRead() {
    Optional<SyncItem> item = get(anyId());
    if (item != null && item.isPresent()) {
      submit(item.get().withContent(content()));
    }
  }

  /** Writes an item as it was read, perhaps long ago: nothing may change. */
  private void submitAsRead() {
    SyncItem item = readBefore.get(anyId());
    if (item == null || model.isOpen(item.id())) {
      return;
    }
    if (!item.contentAsString().equals(model.current(item.id()))) {
      oldAsRead.add(item.id());
    }
    Ack ack = anyAck();
    note("as read " + item.id() + " " + Model.label(item.contentAsString()) + " " + ack);
    try {
      Receipt receipt = turn(engine.submitAsync(item, ack));
      note("  " + receipt.outcome());
      if (receipt.reached() != Ack.MEMORY
          && item.contentAsString().equals(model.current(item.id()))) {
        model.durable(item.id());
      }
    } catch (WriteRejectedException e) {
      note("  rejected");
    } catch (CompletionException e) {
      note("  " + e.getCause());
      if (!(e.getCause() instanceof AckTimeoutException)
          && !(e.getCause() instanceof DurabilityException)
          && !(e.getCause() instanceof WriteRejectedException)) {
        throw e;
      }
    }
  }

  private void getOrCompute(String id) {
    String content = content();
    note("compute " + id + " " + Model.label(content));
    boolean[] computed = new boolean[1];
    try {
      SyncItem item =
          turn(
              () ->
                  engine.getOrCompute(
                      id,
                      i -> {
                        computed[0] = true;
                        return SyncItem.of(i, content);
                      }));
      if (computed[0]) {
        modelRead(id, null);
        assertThat(item.contentAsString()).isEqualTo(content);
        model.computed(id, content, log != null);
      } else {
        modelRead(id, item.contentAsString());
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof TierUnavailableException && faulty) {
        return;
      }
      if (computed[0] && e.getCause() instanceof DurabilityException) {
        note("  unknown");
        modelRead(id, null);
        model.unknownComputed(id, content);
      } else if (!(e.getCause() instanceof WriteRejectedException)) {
        throw new AssertionError("getOrCompute failed", e.getCause());
      }
    }
  }

  // --- reads

  /** Compares a read; null if the tier could not be asked, which only a broken one excuses. */
  private <T> T asked(Supplier<T> read) {
    try {
      return read.get();
    } catch (TierUnavailableException e) {
      if (!faulty) {
        throw new AssertionError("the tier is up, and a read failed", e);
      }
      note("  unavailable");
      return null;
    }
  }

  private Optional<SyncItem> get(String id) {
    note("get " + id);
    Optional<SyncItem> item = asked(() -> engine.get(id));
    if (item != null) {
      compare(id, item);
    }
    return item;
  }

  private void compare(String id, Optional<SyncItem> item) {
    modelRead(id, item.map(SyncItem::contentAsString).orElse(null));
    if (random.nextInt(3) == 0) {
      item.ifPresent(i -> readBefore.put(id, i));
    }
  }

  private void getAll() {
    Set<String> some = new TreeSet<>(Collections.nCopies(1, anyId()));
    for (int i = random.nextInt(10); i > 0; i--) {
      some.add(anyId());
    }
    note("getAll " + some);
    Map<String, SyncItem> found = asked(() -> engine.getAll(some));
    if (found != null) {
      some.forEach(id -> compare(id, Optional.ofNullable(found.get(id))));
    }
  }

  private void read(String id) {
    Set<ReadOption> options = EnumSet.noneOf(ReadOption.class);
    for (ReadOption option : ReadOption.values()) {
      if (random.nextInt(3) == 0) {
        options.add(option);
      }
    }
    note("read " + id + " " + options);
    ReadResult result = asked(() -> engine.read(id, options.toArray(ReadOption[]::new)));
    if (result != null && !(result.stale() && faulty)) {
      compare(id, result.item());
    }
  }

  private void modelRead(String id, String content) {
    boolean older = logFails && model.mayBeReplayed(id, content) || oldReplayed.contains(id);
    if (!(faulty && older)) {
      model.read(id, content, !faulty);
    }
  }

  private void contains(String id) {
    note("contains " + id);
    Boolean there = asked(() -> engine.contains(id));
    if (there != null && !(faulty && (logFails || oldReplayed.contains(id)))) {
      assertThat(model.mayExist(id, there)).as("contains %s is %s", id, there).isTrue();
    }
  }

  private void scan() {
    String prefix = random.nextInt(4) == 0 ? "" : anyId() + (random.nextBoolean() ? "." : "");
    note("scan " + prefix);
    List<SyncItem> found = asked(() -> engine.scan(prefix).toList());
    if (found != null) {
      compareScan(prefix, found);
    }
  }

  private void compareScan(String prefix, List<SyncItem> found) {
    assertThat(found).extracting(SyncItem::id).isSortedAccordingTo(ItemId.BYTE_ORDER);
    Map<String, SyncItem> byId =
        found.stream().collect(Collectors.toMap(SyncItem::id, item -> item));
    for (String id : ids) {
      boolean inside =
          prefix.isEmpty()
              || id.equals(prefix)
              || id.startsWith(prefix.endsWith(".") ? prefix : prefix + '.');
      SyncItem item = byId.remove(id);
      if (inside) {
        model.read(id, item == null ? null : item.contentAsString(), !faulty);
      } else {
        assertThat(item).isNull();
      }
    }
    assertThat(byId).isEmpty();
  }

  // --- flush and restart

  private void flush() {
    note("flush");
    Duration bound = Duration.ofMillis(faulty ? 5 : 10_000);
    settle(turn(() -> engine.flush(bound)));
  }

  /** What a report does not name as lost stands below. */
  private void settle(DrainReport report) {
    note("  " + report);
    if (!faulty) {
      assertThat(report.complete()).as("%s", report).isTrue();
    }
    Set<String> lost = new HashSet<>(report.lost());
    model.ids().stream().filter(id -> !lost.contains(id)).forEach(model::durable);
  }

  private void restart(boolean crash) {
    note(crash ? "crash" : "close");
    if (crash) {
      fence.cut();
      engine.close(Duration.ZERO);
      if (log != null) {
        log.crash();
      }
    } else {
      Duration bound = Duration.ofMillis(faulty ? 20 : 10_000);
      settle(turn(() -> engine.close(bound)));
    }
    if (crash || faulty) {
      // One that was read and then lost may be written again with the version that it had.
      readBefore.clear();
    }
    if (log == null) {
      tier.heal();
      faulty = false;
    }
    if (log == null || logFails) {
      // No clock ceiling is kept that is sure to be above everything.
      time.advance(Duration.ofMillis(100));
    }
    oldReplayed.addAll(oldAsRead);
    oldAsRead.clear();
    model.restarted();
    open();
    if (!faulty) {
      faulty = true;
      heal();
    }
  }

  /** Brings everything down and looks at what is left where. */
  private void rest() {
    heal();
    if (log != null) {
      log.failAppends(0);
      log.failReopens(0);
    }
    time.advance(Duration.ofSeconds(1));
    submitUntilTaken();
    flush();
    ids.forEach(this::get);
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!atRest() && System.nanoTime() < end) {
      time.advance(Duration.ofMillis(50));
      Thread.yield();
    }
    EngineStats stats = engine.stats();
    assertThat(stats.pendingItems()).as("pending").isZero();
    assertThat(stats.pendingBytes()).as("pending bytes").isZero();
    assertThat(stats.spilledItems()).as("spilled").isZero();
    assertThat(stats.oldestPending()).isEqualTo(Duration.ZERO);
    assertThat(stats.deadLetters()).isZero();
    assertThat(log == null ? 0 : log.groups()).as("groups in the log").isZero();
    compareTruth();
    compareScan("", engine.scan("").toList());
  }

  private void submitUntilTaken() {
    String content = content();
    for (int i = 0; i < 100; i++) {
      try {
        turn(engine.submitAsync(SyncItem.of("a", content), Ack.PERSISTED));
        model.accepted("a", content, true);
        return;
      } catch (WriteRejectedException | CompletionException e) {
        note("last submit: " + e);
        model.unknown("a", content);
        time.advance(Duration.ofMillis(500));
      }
    }
    throw new AssertionError("no write is taken");
  }

  private boolean atRest() {
    return engine.stats().pendingItems() == 0 && (log == null || log.groups() == 0);
  }

  private void compareTruth() {
    Map<String, Entry> held = truth.load(ids).found();
    for (String id : ids) {
      Entry entry = held.get(id);
      boolean live = entry != null && !entry.tombstone();
      model.read(id, live ? entry.toItem().contentAsString() : null, true);
    }
  }
}
