// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.spi.Tier;

/** The second tier that the application gave; {@link Tier} alone is the third. */
record GivenL2(Tier tier) {}
