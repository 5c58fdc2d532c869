// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import io.syncengine.SyncEngine;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;

/** Switches of an application, shared by its instances. What nobody knows to be on is off. */
public final class FeatureFlags {
  private static final String ON = "on";

  private final SyncEngine engine;

  /**
   * Keeps flags in an engine.
   *
   * @param engine running; the caller closes it
   */
  public FeatureFlags(SyncEngine engine) {
    this.engine = engine;
  }

  /**
   * Whether a flag is on.
   *
   * @param flag its name
   * @return false too if the flag cannot be read now
   */
  public boolean isOn(String flag) {
    try {
      return engine.get(id(flag)).map(item -> item.contentAsString().equals(ON)).orElse(false);
    } catch (TierUnavailableException e) {
      return false;
    }
  }

  /**
   * Turns a flag on.
   *
   * @param flag its name
   */
  public void turnOn(String flag) {
    engine.submit(SyncItem.of(id(flag), ON));
  }

  /**
   * Turns a flag off.
   *
   * @param flag its name
   */
  public void turnOff(String flag) {
    engine.delete(id(flag));
  }

  private static String id(String flag) {
    return "flags." + flag;
  }
}
