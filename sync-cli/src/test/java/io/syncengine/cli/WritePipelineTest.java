// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.cli.Sink.Kind;
import io.syncengine.cli.Sink.Write;
import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.Receipt;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.WriteRejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WritePipelineTest {
  private final IngestCounts counts = new IngestCounts();
  private final List<String> refused = new ArrayList<>();
  private final List<String> written = new ArrayList<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void writesOfAnIdKeepTheirOrderAlsoWhenOneIsRefusedByPressure() {
    Map<String, Integer> tries = new HashMap<>();
    WritePipeline pipeline =
        pipeline(
            Duration.ofSeconds(30),
            write -> {
              boolean first = tries.merge(write.item().contentAsString(), 1, Integer::sum) == 1;
              if (first) {
                throw new WriteRejectedException(PressureLevel.CRITICAL, Duration.ofMillis(1));
              }
              written.add(write.id() + "=" + write.item().contentAsString());
            },
            threads);

    for (int i = 0; i < 20; i++) {
      pipeline.send(put(i, "a", "" + i));
    }
    pipeline.await();

    assertThat(written).hasSize(20);
    assertThat(written.get(19)).isEqualTo("a=19");
    assertThat(written).extracting(w -> Integer.valueOf(w.substring(2))).isSorted();
    assertThat(counts.changed()).isEqualTo(20);
  }

  @Test
  void givesUpWhenPressureRefusesForLongerThanThePatience() {
    WritePipeline pipeline =
        pipeline(
            Duration.ofMillis(50),
            write -> {
              throw new WriteRejectedException(PressureLevel.CRITICAL, Duration.ofMillis(5));
            },
            Runnable::run);

    assertThatThrownBy(
            () -> {
              pipeline.send(put(1, "a", "x"));
              pipeline.await();
            })
        .isInstanceOf(WriteRejectedException.class)
        .extracting(ExitCodes::of)
        .isEqualTo(ExitCodes.UNAVAILABLE);
  }

  @Test
  void givesUpWhenNothingComesBack() {
    WritePipeline pipeline =
        new WritePipeline(
            write -> new CompletableFuture<>(), Duration.ofMillis(50), counts, this::refused);
    pipeline.send(put(1, "a", "x"));

    assertThatThrownBy(pipeline::await)
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no write was acknowledged");
  }

  @Test
  void namesTheLineOfAWriteThatIsRefusedForGoodAndGoesOn() {
    WritePipeline pipeline =
        pipeline(
            Duration.ofSeconds(30),
            write -> {
              if (write.line() == 2) {
                throw new IllegalArgumentException("content is too large");
              }
              if (write.line() == 3) {
                throw new TierException("L3", "apply", false, "refused the item", null);
              }
            },
            threads);

    for (int line = 1; line <= 4; line++) {
      pipeline.send(put(line, "id" + line, "x"));
    }
    pipeline.await();

    assertThat(refused).containsExactlyInAnyOrder("2: content is too large", "3: refused the item");
    assertThat(counts.changed()).isEqualTo(2);
  }

  @Test
  void stopsWhenATierIsUnavailable() {
    WritePipeline pipeline =
        pipeline(
            Duration.ofSeconds(30),
            write -> {
              throw new TierUnavailableException("L3", "apply", "it is gone", null);
            },
            Runnable::run);

    assertThatThrownBy(() -> pipeline.send(put(1, "a", "x")))
        .isInstanceOf(TierUnavailableException.class);
  }

  @Test
  void boundsWhatIsInFlightByBytes() {
    List<CompletableFuture<Receipt>> open = new ArrayList<>();
    WritePipeline pipeline =
        new WritePipeline(
            write -> {
              open.add(new CompletableFuture<>());
              return open.get(open.size() - 1);
            },
            Duration.ofMillis(50),
            counts,
            this::refused);
    byte[] large = new byte[20 << 20];
    pipeline.send(new Write(1, "a", SyncItem.of("a", large), Kind.ADD));

    Write second = new Write(2, "b", SyncItem.of("b", large), Kind.ADD);
    assertThatThrownBy(() -> pipeline.send(second)).hasMessageContaining("acknowledged");

    assertThat(open).hasSize(1);
  }

  @Test
  void knowsWhatIsUnderway() {
    WritePipeline pipeline =
        new WritePipeline(
            write -> new CompletableFuture<>(), Duration.ofSeconds(1), counts, this::refused);
    pipeline.send(put(1, "a", "x"));

    assertThat(pipeline.underway("a").contentAsString()).isEqualTo("x");
    assertThat(pipeline.underway("b")).isNull();
  }

  private interface Body {
    void run(Write write);
  }

  private WritePipeline pipeline(Duration patience, Body body, Executor executor) {
    return new WritePipeline(
        write ->
            CompletableFuture.supplyAsync(
                () -> {
                  synchronized (written) {
                    body.run(write);
                  }
                  return Receipt.ofDelete(
                      write.id(), Revision.ofTombstone(1), Ack.LOGGED, Outcome.APPLIED);
                },
                executor),
        patience,
        counts,
        this::refused);
  }

  private void refused(long line, String id, String why) {
    refused.add(line + ": " + why);
  }

  private static Write put(long line, String id, String content) {
    return new Write(line, id, SyncItem.of(id, content), Kind.CHANGE);
  }
}
