// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

/** What an error of a database means for the engine. */
enum Failure {
  /** It could not be asked, or not now; the same call may succeed later. */
  UNAVAILABLE,
  /** Another transaction was in the way; as a whole, this one may be run again at once. */
  CONTENDED,
  /** It refused a value for good. */
  REFUSED,
  /** It may not be written. */
  READ_ONLY,
  /** The user may not do this. */
  DENIED,
  /** Its stored data is damaged. */
  CORRUPT,
  /** It is no database. */
  NOT_A_DATABASE
}
