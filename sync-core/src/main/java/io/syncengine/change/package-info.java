// SPDX-License-Identifier: AGPL-3.0-only
/** Following the change log of the ground truth. */
package io.syncengine.change;
