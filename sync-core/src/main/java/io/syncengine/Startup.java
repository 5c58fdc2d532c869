// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VersionMode;
import io.syncengine.pending.Doubt;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TimeSource;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.spi.WriteAheadLogConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Opens the log and the ground truth and takes up where the last run ended. Used by the starting
 * thread, except {@link #accept}, also by the one that joins a ground truth that was down, and
 * {@link #keepClock}, by any after that.
 */
final class Startup {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final String INSTANCE_ID = "instance_id";
  private static final String DATABASE_ID = "database_id";

  private final Parts parts;
  // Whether the log is this engine's to close. Written by the starting thread, read by the closing.
  private volatile boolean logOpen;

  Startup(Parts parts) {
    this.parts = parts;
  }

  /** Opens the log and, if it can be reached, the ground truth. */
  void connect() {
    SyncEngineConfig config = parts.config();
    if (parts.log == null) {
      parts.retries(config::startupRetry).run(this::join);
      return;
    }
    WriteAheadLog log = parts.log.wal();
    log.open(new LogConfig(config, parts.time, parts.failPoints));
    logOpen = true;
    keepInstanceId(log, config);
    try {
      join();
    } catch (TierUnavailableException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the ground truth cannot be reached; the engine starts on its log and goes on trying");
    }
  }

  /** Whether the log was opened, and so is to be closed. */
  boolean logOpen() {
    return logOpen;
  }

  private void keepInstanceId(WriteAheadLog log, SyncEngineConfig config) {
    if (config.instanceId().isPresent()) {
      return;
    }
    Optional<String> kept = log.state(INSTANCE_ID);
    if (kept.isPresent()) {
      parts.identity.instanceId(kept.get());
    } else if (!config.readOnly()) {
      log.putState(INSTANCE_ID, parts.identity.instanceId());
    }
  }

  /** Opens the ground truth, if it is the log's, and finds the end of its change log. */
  private void join() {
    parts.truth.open(this::accept);
    if (parts.truth.has(ChangeLog.class)) {
      parts.follower.pollNow();
    }
  }

  /** Accepts the ground truth that was opened, or throws. */
  void accept(TierInfo info) {
    requireOwnDatabase(info);
    passVersionsOf(info);
  }

  /** The log's entries go into the database that they were written for, and into no other. */
  private void requireOwnDatabase(TierInfo info) {
    if (parts.log == null) {
      return;
    }
    WriteAheadLog log = parts.log.wal();
    Optional<String> known = log.state(DATABASE_ID);
    if (known.isPresent() && !known.get().equals(info.databaseId())) {
      throw new TierException(
          parts.truth.name(),
          "open",
          false,
          "the log belongs to another database; open the one it was written with, or give this one"
              + " a log of its own",
          null);
    }
    if (known.isEmpty() && !parts.config().readOnly()) {
      log.putState(DATABASE_ID, info.databaseId());
    }
  }

  private void passVersionsOf(TierInfo info) {
    if (parts.config().versionMode() == VersionMode.ENGINE) {
      parts.clock.observe(info.highestVersion());
    }
  }

  /** Opens the cache, if there is one and it can be reached, and finds out what it lacks. */
  void joinCache() {
    if (parts.cache != null) {
      parts.cache.feeder().join(parts.retries(parts.config()::queryRetry));
    }
  }

  /** Reads the log into pending. */
  void replay() {
    if (parts.log == null) {
      return;
    }
    LogParts log = parts.log;
    log.clock().restore();
    Replay replay = new Replay();
    log.wal().replay(replay);
    log.appender().replayed(replay.lastGroup);
  }

  /** Keeps what the clock has passed by reading and following, which no append has told the log. */
  void keepClock() {
    if (logOpen && parts.log != null && !parts.config().readOnly()) {
      parts.log.clock().keep();
    }
  }

  private final class Replay implements WriteAheadLog.Visitor {
    private long lastGroup;

    @Override
    public void visit(LogPlace place, Entry entry) {
      lastGroup = place.group();
      if (parts.failPoints.proceed(FailPoint.REPLAY)) {
        parts.clock.observe(entry.version());
        parts.pending.publish(entry, place, Doubt.POSSIBLE, null);
      }
    }
  }

  private record LogConfig(SyncEngineConfig config, TimeSource timeSource, FailPoints failPoints)
      implements WriteAheadLogConfig {
    @Override
    public Path path() {
      return config.walPath().orElse(Path.of(""));
    }

    @Override
    public String namespace() {
      return config.namespace();
    }

    @Override
    public boolean readOnly() {
      return config.readOnly();
    }

    @Override
    public long maxBytes() {
      return config.walMaxBytes();
    }

    @Override
    public Map<String, String> properties() {
      return config.providerProperties(config.walProvider().orElse("sqlite"));
    }
  }
}
