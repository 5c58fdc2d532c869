// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the engine's exceptions of what Redis says. Messages are fixed texts: what Redis says may
 * hold ids, and only its first word, which tells the kind, is shown.
 */
final class Failures {
  /** What the scripts say if another database stands there. */
  private static final String REPLACED = "REPLACED";

  /** What the script that commits says if one before it was cut short. */
  private static final String TORN = "TORN";

  /** What the scripts of a cache say if the server may have gone back. */
  private static final String DISTRUSTED = "DISTRUSTED";

  private final String tier;
  private final String subject;

  Failures(String tier, String subject) {
    this.tier = tier;
    this.subject = subject;
  }

  /** For open(): what stands there cannot be used, and trying again does not help. */
  TierException refused(String why) {
    return new TierException(tier, "open", false, subject + ": " + why, null);
  }

  /** For open(): nobody is reached, or who is there refuses. */
  TierException onConnect(ConnectionException e) {
    ErrorReply said = e.reply();
    if (said != null) {
      return onOpen(said);
    }
    if (isWithoutCredentials(e)) {
      return new TierUnavailableException(
          tier, "open", subject + ": the application's supplier of user and password fails", null);
    }
    if (isRefusalOfTls(e)) {
      return refused(
          "TLS could not be agreed; is it rediss:// where the server has TLS, redis:// where it has"
              + " not, and is its certificate trusted (redis.trust) and for this host?");
    }
    return new TierUnavailableException(
        tier, "open", subject + ": nobody answers there within the request time-out", null);
  }

  private static boolean isWithoutCredentials(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof Credentials.NoneException) {
        return true;
      }
    }
    return false;
  }

  /** A certificate that does not do, or an answer that is not TLS; silence is neither. */
  private static boolean isRefusalOfTls(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateException
          || t.getClass().getSimpleName().equals("NotSslRecordException")
          || String.valueOf(t.getMessage()).startsWith("Unsupported or unrecognized SSL message")) {
        return true;
      }
    }
    return false;
  }

  /** For open(): an error in place of an answer. */
  TierException onOpen(ErrorReply error) {
    String why =
        switch (error.code()) {
          case "WRONGPASS" -> "user or password is wrong";
          case "NOAUTH" -> "it wants a password; name user and password in the URL";
          case "NOPERM" ->
              "the user's rights do not suffice; it needs the keys of the namespace, and the"
                  + " commands @read @write @scripting @connection info time, in a Cluster cluster|slots too";
          case "WRONGTYPE" ->
              "another program has keys of this name; choose another namespace or database";
          case "DENIED" -> "it is in protected mode; give it a password";
          default -> null;
        };
    if (why == null) {
      why = withoutCode(error.message());
    }
    return why == null
        ? new TierUnavailableException(tier, "open", subject + ": " + reason(error), null)
        : refused(why);
  }

  /** What has no code of its own. */
  private static @Nullable String withoutCode(String message) {
    if (message.startsWith("ERR This instance has cluster support disabled")) {
      return "it is no Cluster; write redis:// or rediss:// in the URL";
    }
    if (message.startsWith("ERR DB index") || message.startsWith("ERR invalid DB index")) {
      return "it has no database of that number";
    }
    return message.startsWith("ERR AUTH") || message.startsWith("ERR Client sent AUTH")
        ? "it wants no password; leave user and password out of the URL"
        : null;
  }

  /** For calls: nobody knows what became of it. */
  TierUnavailableException unreached(String operation, ConnectionException e) {
    return new TierUnavailableException(
        tier,
        operation,
        "no reply from Redis: no connection, or none within the request time-out; it is retried",
        e);
  }

  /** For calls: an error in place of an answer. */
  TierUnavailableException onReply(String operation, ErrorReply error) {
    return new TierUnavailableException(tier, operation, reason(error), null);
  }

  /** For calls: the head is of another database, or gone. */
  TierUnavailableException replaced(String operation) {
    return onReply(operation, new ErrorReply(REPLACED));
  }

  /** For calls: what was told to the cache may be lost. */
  TierUnavailableException distrusted(String operation) {
    return onReply(operation, new ErrorReply(DISTRUSTED));
  }

  private static String reason(ErrorReply error) {
    return switch (error.code()) {
      case REPLACED ->
          "another database stands where the one was that was opened; it is opened anew by itself";
      case DISTRUSTED ->
          "Redis was restarted, replaced or emptied and may have lost what it was told; another"
              + " generation is begun by itself";
      case TORN ->
          "its change log does not end where its head says: a commit was cut short; restore it from"
              + " a backup";
      case "OOM" -> "Redis is full; raise its maxmemory";
      case "UNREACHED" ->
          "no reply from a node of the Cluster: no connection, or none within the request time-out;"
              + " it is retried";
      case "CLUSTERDOWN" -> "the Cluster does not serve all of its slots; it is retried";
      case "MOVED", "ASK", "TRYAGAIN" -> "the Cluster is moving slots; it is retried";
      case "LOADING" -> "Redis is loading its data; it is retried";
      case "READONLY" -> "Redis is a replica, which takes no writes; it is retried";
      case "MISCONF" -> "Redis cannot save to its disk and takes no writes; see its log";
      case "NOREPLICAS" -> "Redis has too few replicas and takes no writes; see its configuration";
      case "MASTERDOWN" -> "Redis is a replica that has lost its master; it is retried";
      case "BUSY" -> "Redis is busy with a script; it is retried";
      case "NOPERM", "NOAUTH", "WRONGPASS" ->
          "the user's rights no longer suffice, or its password was changed";
      case "WRONGTYPE" -> "a key of the namespace is of another type; another program writes to it";
      default -> "Redis refused a command (" + shown(error.code()) + ")";
    };
  }

  /** Only what looks like a word that tells a kind. */
  private static String shown(String code) {
    return code.matches("[A-Z]{1,20}") ? code : "no code";
  }
}
