// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

/** What an error of a database means for the engine. */
enum Failure {
  /** It could not be asked, or not now; the same call may succeed later. */
  UNAVAILABLE,
  /** It refused a value for good. */
  REFUSED,
  /** It may not be written. */
  READ_ONLY,
  /** Its stored data is damaged. */
  CORRUPT,
  /** It is no database. */
  NOT_A_DATABASE
}
