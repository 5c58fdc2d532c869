// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import org.jspecify.annotations.Nullable;

/**
 * Stored data is not what was written.
 *
 * @since 0.1
 */
public class CorruptDataException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String id;
  private final String expected;
  private final String actual;

  /**
   * Makes an exception.
   *
   * @param message what is corrupt, where, and what to do
   * @param id the item's id, or null if it is not about one
   * @param expected what should be there, such as a hash in hexadecimal
   * @param actual what is there
   */
  public CorruptDataException(String message, @Nullable String id, String expected, String actual) {
    super(message, null);
    this.id = id;
    this.expected = expected;
    this.actual = actual;
  }

  /**
   * The item's id.
   *
   * @return the id, or null if the corruption is not about one item
   */
  public @Nullable String id() {
    return id;
  }

  /**
   * What should be there.
   *
   * @return for instance a hash in hexadecimal
   */
  public String expected() {
    return expected;
  }

  /**
   * What is there.
   *
   * @return for instance a hash in hexadecimal
   */
  public String actual() {
    return actual;
  }
}
