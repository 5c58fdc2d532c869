// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

/** There is no server to be had on this machine; the message says why, and what would help. */
final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message) {
    super(message);
  }

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
