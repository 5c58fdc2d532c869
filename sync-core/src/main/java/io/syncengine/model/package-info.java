// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What callers pass in and get back: items, revisions, receipts, reports and exceptions.
 *
 * @serial exclude
 */
@NullMarked
package io.syncengine.model;

import org.jspecify.annotations.NullMarked;
