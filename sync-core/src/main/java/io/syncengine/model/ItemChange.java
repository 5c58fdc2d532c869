// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * What a commit did to an id. The content is not in the change log; {@code get} has the one that is
 * there now, which may be newer.
 *
 * @param id the id
 * @param kind what was done
 * @param revision the revision that the id has by it
 * @since 0.1
 */
public record ItemChange(String id, Kind kind, Revision revision) {
  /** What was done. */
  public enum Kind {
    /** There is an item where none was, or none is known to have been. */
    CREATED,
    /** There is another item in the place of one. */
    UPDATED,
    /** There is no item any more, or a delete of an absent id was written. */
    DELETED
  }
}
