// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import java.sql.SQLException;

/**
 * Makes the engine's exceptions of a database's errors. Messages are fixed texts: what a driver
 * says may hold ids, and stays in the cause's code alone.
 */
final class Failures {
  private static final String RIGHTS =
      "grant SELECT, INSERT, UPDATE and DELETE on its tables, and CREATE to make them";

  private final String tier;
  private final Dialect dialect;

  Failures(String tier, Dialect dialect) {
    this.tier = tier;
    this.dialect = dialect;
  }

  /** For open(): what stands there cannot be used. */
  TierException refused(String subject, Refusal refusal) {
    return new TierException(
        tier, "open", false, subject + ": " + refusal.getMessage(), refusal.getCause());
  }

  /** For open(): a database that can be reached but not used is refused, with or without a log. */
  TierException onOpen(String subject, SQLException e) {
    String advice = dialect.refusal(e);
    if (advice != null) {
      return new TierException(tier, "open", false, subject + ": " + advice, e);
    }
    String why =
        switch (dialect.classify(driverError(e))) {
          case NOT_A_DATABASE ->
              "the file is not a " + dialect.name() + " database; choose another path";
          case CORRUPT -> "the database is damaged; restore it from a backup";
          case READ_ONLY ->
              "the database cannot be written; change its rights or open it read-only";
          case DENIED -> "the user's rights do not suffice; " + RIGHTS;
          case REFUSED -> "the database refused the tables; see the cause";
          case UNAVAILABLE, CONTENDED -> null;
        };
    return why == null
        ? new TierUnavailableException(tier, "open", subject + ": " + unavailable(e), e)
        : new TierException(tier, "open", false, subject + ": " + why, e);
  }

  /** For reads. */
  SyncEngineException onRead(String operation, SQLException e) {
    return switch (dialect.classify(driverError(e))) {
      case CORRUPT, NOT_A_DATABASE ->
          new CorruptDataException(
              tier + ": the database is damaged; restore it from a backup",
              null,
              "a database that can be read",
              "error " + driverError(e).getErrorCode());
      default -> new TierUnavailableException(tier, operation, unavailable(e), e);
    };
  }

  /**
   * For writes. Only what an item can be blamed for is not retryable: the engine splits such a
   * batch until the item is alone and gives it up. A database that takes nothing at all would
   * otherwise turn every write into a dead letter.
   */
  TierException onWrite(String operation, SQLException e) {
    return switch (dialect.classify(driverError(e))) {
      case REFUSED ->
          new TierException(
              tier, operation, false, "the database refused a row; see the cause's code", e);
      case READ_ONLY ->
          new TierUnavailableException(
              tier, operation, "the database cannot be written; change its rights", e);
      case DENIED ->
          new TierUnavailableException(
              tier, operation, "the user's rights no longer suffice; " + RIGHTS, e);
      case CORRUPT, NOT_A_DATABASE ->
          new TierUnavailableException(
              tier, operation, "the database is damaged; restore it from a backup", e);
      case CONTENDED ->
          new TierUnavailableException(
              tier,
              operation,
              "other transactions held the rows for too long; nothing was written, it is retried",
              e);
      case UNAVAILABLE -> new TierUnavailableException(tier, operation, unavailable(e), e);
    };
  }

  /** Whether another transaction was in the way. */
  boolean contended(SQLException e) {
    return dialect.classify(driverError(e)) == Failure.CONTENDED;
  }

  private String unavailable(SQLException e) {
    if (e instanceof ReplacedException) {
      return e.getMessage() + "; it is opened anew by itself";
    }
    return driverError(e).getErrorCode() <= 0
        ? "no connection to the database within the request time-out; it is retried"
        : "the database is busy, full or cannot be read (error "
            + driverError(e).getErrorCode()
            + "); it is retried";
  }

  /** Pools wrap what the driver said. */
  private static SQLException driverError(SQLException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLException s && s.getErrorCode() != 0) {
        return s;
      }
    }
    return e;
  }
}
