// SPDX-License-Identifier: AGPL-3.0-only
/** The only way to call a tier. */
package io.syncengine.resilience;
