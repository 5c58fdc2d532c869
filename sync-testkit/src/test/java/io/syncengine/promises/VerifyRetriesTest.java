// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.FaultyTier.Operation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call that fails does not cost a comparison all that it has read. */
class VerifyRetriesTest extends Promise {
  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"HEADERS", "DIGESTS"})
  void aReadOfAComparisonIsTriedAgain(Operation failing) {
    SyncEngine engine = open(withoutLog().queryTries(2));
    rows.apply(List.of(Entries.value("x", 1, "c"), Entries.value("y", 1, "c")));
    turnUntil("it is followed", () -> engine.stats().changePosition() >= rows.poll(1, 0).head());
    long before = truth.calls(failing);
    truth.failNext(1, failing);

    CompletableFuture<VerifyReport> report =
        CompletableFuture.supplyAsync(() -> engine.verify(VerifyOptions.defaults().withDeep(true)));
    turnUntil("the report", report::isDone);

    assertThat(report.join().equal()).isTrue();
    assertThat(truth.calls(failing)).isGreaterThan(before + 1);
  }
}
