// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.net.PasswordAuthentication;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * As whom to connect, as of one moment. Has secrets: its {@link #toString} leaves them out.
 *
 * @param user null for the default user
 * @param password null for none
 */
record Credentials(@Nullable String user, @Nullable String password) {
  private static final System.Logger LOG = System.getLogger(Credentials.class.getName());

  /** An application that gives none; not why, since that may say what nobody is to see. */
  static final class NoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoneException() {
      super("the supplier of user and password has failed");
    }
  }

  /** Those of a URL, at any time, or what an application gives at each connect. */
  static Supplier<Credentials> of(
      RedisUrl url, @Nullable Supplier<PasswordAuthentication> application) {
    if (application != null) {
      return () -> ask(application);
    }
    Credentials known = new Credentials(url.user(), url.password());
    return () -> known;
  }

  private static Credentials ask(Supplier<PasswordAuthentication> application) {
    try {
      PasswordAuthentication given = application.get();
      String user = given.getUserName();
      return new Credentials(
          user == null || user.isEmpty() ? null : user, new String(given.getPassword()));
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "an application gives no user and password: {0}",
          e.getClass());
      throw new NoneException();
    }
  }

  @Override
  public String toString() {
    return "Credentials";
  }
}
