// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What the errors of MySQL, MariaDB and their drivers mean. The servers share their numbers; a
 * driver's own errors have none, and are known by their words.
 */
final class MySqlErrors {
  /** Deadlock, lock wait time-out, and MariaDB's "changed since last read". */
  private static final Set<Integer> CONTENDED = Set.of(1213, 1205, 1020);

  /** Server started read-only, transaction read-only, server in read-only mode. */
  private static final Set<Integer> READ_ONLY = Set.of(1290, 1792, 1836);

  /** No right to a database, to log in, to a table, a column, an administrator's, a routine. */
  private static final Set<Integer> DENIED = Set.of(1044, 1045, 1142, 1143, 1227, 1370, 1698);

  /** Key file, crashed table, crashed and not repaired, corrupt index. */
  private static final Set<Integer> CORRUPT = Set.of(1034, 1194, 1195, 1712);

  /**
   * Row too large, packet too large, foreign key, check constraints. Not 1062, a duplicate: an
   * upsert has none, so that it is never a row's fault.
   */
  private static final Set<Integer> REFUSED = Set.of(139, 1118, 1153, 1452, 3819, 4025);

  /** Table, column and key exist, cannot drop what is not there. */
  private static final Set<Integer> ALREADY_DONE = Set.of(1050, 1060, 1061, 1091);

  private MySqlErrors() {}

  static Failure classify(SQLException e) {
    int code = e.getErrorCode();
    if (CONTENDED.contains(code)) {
      return Failure.CONTENDED;
    } else if (READ_ONLY.contains(code)) {
      return Failure.READ_ONLY;
    } else if (DENIED.contains(code)) {
      return Failure.DENIED;
    } else if (CORRUPT.contains(code)) {
      return Failure.CORRUPT;
    } else if (REFUSED.contains(code) || isOfAValue(e.getSQLState())) {
      return Failure.REFUSED;
    }
    // No connection, shutting down, full, no such table, ...: nothing that one item caused.
    return Failure.UNAVAILABLE;
  }

  /** The classes "data exception" and "unhandled user-defined exception", as a trigger raises. */
  private static boolean isOfAValue(String state) {
    return state != null && (state.startsWith("22") || state.startsWith("45"));
  }

  static boolean alreadyDone(SQLException e) {
    return ALREADY_DONE.contains(e.getErrorCode());
  }

  /** What to do about an error of connecting that is no outage; else null. */
  static @Nullable String refusal(SQLException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String why = t instanceof SQLException s ? byNumber(s.getErrorCode()) : null;
      why = why == null ? byWords(t) : why;
      if (why != null) {
        return why;
      }
    }
    return null;
  }

  private static @Nullable String byNumber(int code) {
    return switch (code) {
      case 1045, 1698 -> "the server refuses user or password; check both in the URL";
      case 1251, 1524, 2059 ->
          "the server refuses the user, or checks passwords in a way that the driver lacks; check"
              + " the user, or use the other driver";
      case 1044 -> "the user may not use the database; grant rights on it, or check the URL";
      case 1049 -> "there is no such database; create it, or check the URL";
      case 1129, 1130 -> "the server does not let this host in; let the server's owner allow it";
      default -> null;
    };
  }

  private static @Nullable String byWords(Throwable t) {
    String words = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
    if (t instanceof GeneralSecurityException
        || t instanceof SSLPeerUnverifiedException
        || words.contains("self signed certificate")) {
      return "the server's certificate is not accepted; check sslMode and the trust store";
    } else if (words.contains("ssl connection required") || words.contains("ssl not enabled")) {
      return "the URL asks for TLS, which the server does not offer; switch it on there, or set"
          + " sslMode=DISABLED";
    } else if (words.contains("public key retrieval")
        || words.contains("rsa public key is not available")) {
      return "the server takes the password over TLS or with its public key alone; set"
          + " sslMode=REQUIRED, or allowPublicKeyRetrieval=true";
    } else if (words.startsWith("error parsing url")
        || words.startsWith("the connection property")) {
      return "the driver does not accept an option of the URL; the cause names it";
    }
    return null;
  }
}
