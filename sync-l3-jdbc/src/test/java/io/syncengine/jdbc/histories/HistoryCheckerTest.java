// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.jdbc.histories.Read.Answer;
import io.syncengine.jdbc.histories.Violation.Promise;
import io.syncengine.model.Ack;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories made by hand, of one id; times are milliseconds, and the bound is 100 of them. */
class HistoryCheckerTest {
  private static final Duration BOUND = Duration.ofMillis(100);
  private static final Life A = new Life(0, 0);
  private static final Life A_AGAIN = new Life(0, 1);
  private static final Life B = new Life(1, 0);
  private static final String ID = "x";

  private final History history = new History();

  private static long nanos(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  private static Revision value(long version) {
    byte[] hash = new byte[Revision.HASH_BYTES];
    hash[0] = (byte) version;
    return Revision.ofValue(version, hash);
  }

  private static Revision delete(long version) {
    return Revision.ofTombstone(version);
  }

  private static String hash(Revision revision) {
    String text = History.text(revision);
    return revision.tombstone() ? null : text.substring(text.indexOf('/') + 1);
  }

  /** Takes 1 ms. */
  private void write(Life by, long at, Revision revision, Ack level) {
    history
        .writes()
        .add(new Write(by, nanos(at), nanos(at + 1), ID, hash(revision), revision, level, false));
  }

  /** Its instance dies before it is told. */
  private void writeUntold(Life by, long at, Revision revision) {
    history
        .writes()
        .add(new Write(by, nanos(at), Long.MAX_VALUE, ID, hash(revision), null, null, false));
  }

  private void refused(Life by, long at, Revision revision) {
    history
        .writes()
        .add(new Write(by, nanos(at), nanos(at + 1), ID, hash(revision), null, null, true));
  }

  /** Takes 1 ms. */
  private void read(
      Life by, long at, Answer answer, Revision revision, Source from, boolean fresh) {
    history.reads().add(new Read(by, nanos(at), nanos(at + 1), ID, answer, revision, from, fresh));
  }

  private void shows(Life by, long at, Revision revision) {
    Answer answer = revision.tombstone() ? Answer.ABSENT : Answer.PRESENT;
    read(by, at, answer, revision, Source.L1, true);
  }

  private void showsStale(Life by, long at, Revision revision) {
    read(by, at, Answer.PRESENT, revision, Source.L1, false);
  }

  private void absent(Life by, long at, Source from) {
    read(by, at, Answer.ABSENT, null, from, true);
  }

  private void present(Life by, long at) {
    read(by, at, Answer.PRESENT, null, null, true);
  }

  private void isRight() {
    assertThat(new HistoryChecker(BOUND).check(history)).isEmpty();
  }

  private void breaks(Promise promise) {
    assertThat(new HistoryChecker(BOUND).check(history))
        .extracting(Violation::promise)
        .containsExactly(promise);
  }

  @Test
  void nothingAtAllIsRight() {
    absent(A, 0, Source.L3);
    absent(A, 10, Source.FILTER);
    isRight();
  }

  @Test
  void whatWasWrittenIsShown() {
    write(A, 0, value(1), Ack.MEMORY);
    shows(A, 10, value(1));
    write(A, 20, delete(2), Ack.LOGGED);
    shows(A, 30, delete(2));
    absent(A, 40, null);
    isRight();
  }

  @Test
  void aReadMayNotGoBackBelowWhatWasShown() {
    write(B, 0, value(1), Ack.PERSISTED);
    write(B, 10, value(2), Ack.PERSISTED);
    shows(A, 20, value(2));
    shows(A, 30, value(1));
    breaks(Promise.P2);
  }

  @Test
  void notEvenWhenItIsMarkedAsStale() {
    write(B, 0, value(1), Ack.PERSISTED);
    write(B, 10, value(2), Ack.PERSISTED);
    shows(A, 20, value(2));
    showsStale(A, 30, value(1));
    breaks(Promise.P2);
  }

  @Test
  void whoAsksForTheLastKnownValueMayGetAnOlderOne() {
    write(A, 0, value(1), Ack.LOGGED);
    write(A, 10, value(2), Ack.LOGGED);
    read(A, 20, Answer.LAST_KNOWN, value(1), Source.PENDING, false);
    isRight();
  }

  @Test
  void anotherInstanceMayShowLess() {
    write(B, 0, value(1), Ack.PERSISTED);
    write(B, 10, value(2), Ack.PERSISTED);
    shows(B, 20, value(2));
    shows(A, 30, value(1));
    isRight();
  }

  @Test
  void readsAtTheSameTimeMayComeInAnyOrder() {
    write(B, 0, value(1), Ack.MEMORY);
    write(B, 10, value(2), Ack.MEMORY);
    history
        .reads()
        .add(new Read(A, nanos(20), nanos(40), ID, Answer.PRESENT, value(2), Source.L1, true));
    shows(A, 30, value(1));
    isRight();
  }

  @Test
  void anOwnWriteIsReadFromTheMomentItReturns() {
    write(A, 0, value(1), Ack.PERSISTED);
    shows(A, 5, value(1));
    write(A, 10, value(2), Ack.MEMORY);
    history
        .reads()
        .add(new Read(A, nanos(10), nanos(20), ID, Answer.PRESENT, value(1), Source.L1, true));
    isRight();
    history.reads().remove(1);
    shows(A, 12, value(1));
    breaks(Promise.P5);
  }

  @Test
  void anOwnWriteThatWasLoggedIsReadAfterAKill() {
    write(A, 0, value(1), Ack.LOGGED);
    write(A, 10, value(2), Ack.LOGGED);
    shows(A_AGAIN, 20, value(1));
    breaks(Promise.P5);
  }

  @Test
  void anOwnWriteThatWasInMemoryAloneNeedNot() {
    write(A, 0, value(1), Ack.LOGGED);
    write(A, 10, value(2), Ack.MEMORY);
    shows(A_AGAIN, 20, value(1));
    isRight();
  }

  @Test
  void othersSeeACommitWithinTheBound() {
    write(A, 0, value(1), Ack.PERSISTED);
    write(A, 10, value(2), Ack.PERSISTED);
    shows(B, 110, value(1));
    isRight();
    shows(B, 112, value(1));
    breaks(Promise.P5);
  }

  @Test
  void unlessTheyAreTold() {
    write(A, 0, value(1), Ack.PERSISTED);
    write(A, 10, value(2), Ack.PERSISTED);
    showsStale(B, 200, value(1));
    isRight();
  }

  @Test
  void whatIsNotInTheGroundTruthTheyNeedNotSee() {
    write(A, 0, value(1), Ack.PERSISTED);
    write(A, 10, value(2), Ack.LOGGED);
    shows(B, 200, value(1));
    isRight();
  }

  @Test
  void whatTheGroundTruthGaveIsInIt() {
    write(A, 0, value(1), Ack.LOGGED);
    write(A, 10, value(2), Ack.LOGGED);
    read(A, 20, Answer.PRESENT, value(2), Source.L3, true);
    shows(B, 200, value(1));
    breaks(Promise.P5);
  }

  @Test
  void aDeletedIdDoesNotComeBack() {
    write(A, 0, value(1), Ack.PERSISTED);
    write(A, 10, delete(2), Ack.PERSISTED);
    shows(A, 20, value(1));
    breaks(Promise.P3);
  }

  @Test
  void norElsewhere() {
    write(A, 0, value(1), Ack.PERSISTED);
    write(A, 10, delete(2), Ack.PERSISTED);
    shows(B, 200, value(1));
    breaks(Promise.P3);
  }

  @Test
  void norAfterAnAbsenceWithoutARevision() {
    write(B, 0, value(1), Ack.LOGGED);
    shows(A, 5, value(1));
    write(B, 10, delete(2), Ack.LOGGED);
    absent(A, 20, Source.FILTER);
    shows(A, 30, value(1));
    breaks(Promise.P3);
  }

  @Test
  void norForWhoAsksWhetherItIsThere() {
    write(A, 0, value(1), Ack.PERSISTED);
    write(A, 10, delete(2), Ack.PERSISTED);
    present(A, 20);
    breaks(Promise.P3);
  }

  @Test
  void aNewerWriteBringsItBack() {
    write(A, 0, delete(1), Ack.PERSISTED);
    writeUntold(B, 10, value(2));
    present(A, 20);
    shows(A, 30, value(2));
    isRight();
  }

  @Test
  void aWriteThatWasRefusedBringsNothingBack() {
    write(A, 0, delete(1), Ack.PERSISTED);
    refused(B, 10, value(2));
    present(A, 20);
    breaks(Promise.P3);
  }

  @Test
  void whatIsThereIsNotAbsent() {
    write(A, 0, value(1), Ack.LOGGED);
    absent(A, 10, Source.L3);
    breaks(Promise.P4);
  }

  @Test
  void whatCannotBeAskedIsNotAbsentEither() {
    write(A, 0, value(1), Ack.LOGGED);
    read(A, 10, Answer.UNAVAILABLE, null, null, false);
    isRight();
  }

  @Test
  void aDeleteBeforeTheValueExplainsNoAbsence() {
    write(A, 0, delete(1), Ack.PERSISTED);
    write(A, 10, value(2), Ack.PERSISTED);
    absent(A, 20, null);
    breaks(Promise.P4);
  }

  @Test
  void aDeleteThatNobodyWasToldOfExplainsAnAbsence() {
    write(A, 0, value(1), Ack.PERSISTED);
    writeUntold(B, 10, delete(2));
    absent(A, 20, Source.FILTER);
    isRight();
  }

  @Test
  void aDeleteThatIsYetToComeDoesNot() {
    write(A, 0, value(1), Ack.PERSISTED);
    absent(A, 20, Source.L3);
    writeUntold(B, 30, delete(2));
    breaks(Promise.P4);
  }

  @Test
  void aFilterKnowsWhatWasCommittedLongerAgoThanTheBound() {
    write(A, 0, value(1), Ack.PERSISTED);
    absent(B, 50, Source.FILTER);
    isRight();
    absent(B, 110, Source.FILTER);
    breaks(Promise.P11);
  }

  @Test
  void nobodyReadsWhatNobodyWrote() {
    shows(A, 0, value(1));
    breaks(Promise.P4);
  }

  @Test
  void norWhatIsWrittenLater() {
    shows(A, 0, value(1));
    write(A, 10, value(1), Ack.LOGGED);
    breaks(Promise.P4);
  }

  @Test
  void inTheEndNothingAcknowledgedIsLost() {
    write(A, 0, value(1), Ack.LOGGED);
    write(B, 10, value(2), Ack.MEMORY);
    assertThat(HistoryChecker.checkEnd(history, Map.of(ID, value(2)), Set.of())).isEmpty();
    assertThat(HistoryChecker.checkEnd(history, Map.of(ID, value(1)), Set.of(B))).isEmpty();
    assertThat(HistoryChecker.checkEnd(history, Map.of(ID, value(1)), Set.of()))
        .extracting(Violation::promise)
        .containsExactly(Promise.P1);
    assertThat(HistoryChecker.checkEnd(history, Map.of(), Set.of(A, B)))
        .extracting(Violation::promise)
        .containsExactly(Promise.P1);
  }

  @Test
  void aFileTellsWhatWasWrittenToIt(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("history");
    try (HistoryFile out = new HistoryFile(file)) {
      out.writes(1, 10, ID, hash(value(1)));
      out.writes(2, 11, ID, History.NONE);
      out.writes(3, 12, ID, History.NONE);
      out.acknowledged(1, 20, value(1), Ack.LOGGED);
      out.refused(2, 21);
      out.read(4, 30, 31, ID, Answer.PRESENT, value(1), Source.PENDING, true);
      out.read(5, 32, 33, ID, Answer.ABSENT, delete(2), null, false);
      out.read(5, 32, 33, "y", Answer.ABSENT, null, null, false);
    }
    Files.writeString(file, Files.readString(file) + "R 6 34 3");
    history.add(A, file);
    assertThat(history.calls()).isEqualTo(5);
    assertThat(history.writes())
        .containsExactlyInAnyOrder(
            new Write(A, 10, 20, ID, hash(value(1)), value(1), Ack.LOGGED, false),
            new Write(A, 11, 21, ID, null, null, null, true),
            new Write(A, 12, Long.MAX_VALUE, ID, null, null, null, false));
    assertThat(history.reads())
        .containsExactly(
            new Read(A, 30, 31, ID, Answer.PRESENT, value(1), Source.PENDING, true),
            new Read(A, 32, 33, ID, Answer.ABSENT, delete(2), null, false),
            new Read(A, 32, 33, "y", Answer.ABSENT, null, null, false));
  }
}
