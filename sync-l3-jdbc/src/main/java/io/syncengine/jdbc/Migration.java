// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.util.List;

/**
 * One numbered step of the stored format. A step that was released is never changed.
 *
 * @param number the format that it makes, from 1
 * @param readableFrom the oldest format whose code may go on using the data after this step
 * @param statements what it does; each may be run again
 */
record Migration(int number, int readableFrom, List<String> statements) {}
