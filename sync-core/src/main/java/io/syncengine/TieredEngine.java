// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

final class TieredEngine {
  private TieredEngine() {}

  static SyncEngine create(SyncEngineConfig config) {
    throw new IllegalStateException("wiring follows");
  }
}
