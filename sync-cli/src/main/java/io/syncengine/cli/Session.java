// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.DrainReport;
import io.syncengine.model.TierUnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running engine that is drained however the command ends, also by Ctrl-C: a shutdown hook closes
 * it then and says what became of the writes; the JVM gives exit code 130 by itself.
 */
final class Session implements AutoCloseable {
  private final SyncEngine engine;
  private final Messages messages;
  private final Thread hook;
  private volatile @Nullable Account account; // null: there is nothing to report

  private Session(SyncEngine engine, Messages messages) {
    this.engine = engine;
    this.messages = messages;
    this.hook = new Thread(this::interrupted, "sync-interrupt");
  }

  /**
   * Starts an engine.
   *
   * @param config the configuration
   * @param files where to make a folder, once it is known that the configuration can be served;
   *     nothing is touched until then, and an empty folder does not outlive a failed start
   * @param messages where an interruption is reported
   * @return a session that has to be closed
   */
  static Session open(SyncEngineConfig config, Optional<StoreFiles> files, Messages messages) {
    SyncEngine engine;
    try {
      engine = SyncEngine.create(config);
    } catch (RuntimeException e) {
      throw new RefusedAtStart(e);
    }
    boolean folderMade = files.map(StoreFiles::makeDefaultFolder).orElse(false);
    try {
      engine.start();
    } catch (RuntimeException e) {
      engine.close();
      if (folderMade) {
        StoreFiles.removeEmptyDefaultFolder();
      }
      boolean asItIs = e instanceof TierUnavailableException || e instanceof CorruptDataException;
      throw asItIs ? e : new RefusedAtStart(e);
    }
    Session session = new Session(engine, messages);
    Runtime.getRuntime().addShutdownHook(session.hook);
    return session;
  }

  SyncEngine engine() {
    return engine;
  }

  /** What is reported of the command when it is interrupted. */
  void account(Account of) {
    account = of;
  }

  /** Drains and closes; again is the same report. */
  DrainReport drain() {
    return engine.close(engine.config().closeTimeout());
  }

  @Override
  public void close() {
    if (!messages.interrupted()) {
      drain();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down: the hook runs or has run, and closing twice does nothing.
    }
  }

  private void interrupted() {
    messages.interrupt();
    DrainReport report = drain();
    Map<String, Object> facts = new LinkedHashMap<>();
    String text = "interrupted";
    Account known = account;
    if (known != null) {
      facts.putAll(known.facts());
      text += "; " + known.text();
    }
    if (!engine.config().readOnly()) {
      facts.putAll(Drained.facts(report));
      text += "; " + Drained.text(report);
    }
    messages.error("Interrupted", text, facts, null);
  }
}
