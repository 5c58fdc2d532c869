// SPDX-License-Identifier: AGPL-3.0-only
/** What callers pass in and get back: items, revisions, receipts, reports and exceptions. */
package io.syncengine.model;
