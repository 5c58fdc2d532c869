// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.spi.WriteAheadLog;
import io.syncengine.write.LogAppender;

/**
 * What an engine has because it has a log.
 *
 * @param wal the log itself
 * @param appender the only one who writes entries into it
 * @param clock keeps in it what the clock has passed
 */
record LogParts(WriteAheadLog wal, LogAppender appender, ClockKeeper clock) {}
