// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.regex.Pattern;

/**
 * Takes passwords out of text that the command prints but did not write, such as a parser's or a
 * driver's message. Stateless; safe from any thread.
 */
final class Secrets {
  private static final String HIDDEN = "(hidden)";

  /** All between a URL's slashes and its last at sign; a password may hold a slash, too. */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^\\s'\"]*(?=@)");

  private static final Pattern PARAMETER =
      Pattern.compile("(?i)(?<=(?:password|passwd|pwd|secret|token)=)[^\\s'\"&;]+");

  private Secrets() {}

  /** The text with each password replaced by {@code (hidden)}. */
  static String hide(String text) {
    return PARAMETER.matcher(USER_INFO.matcher(text).replaceAll(HIDDEN)).replaceAll(HIDDEN);
  }
}
