// SPDX-License-Identifier: AGPL-3.0-only
/** The road of a write: gate, revision, log, pending, ground truth. */
package io.syncengine.write;
