// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.spi.WriteAheadLogConfig;
import java.util.List;
import java.util.Optional;

/** A log of which subclasses change one thing. */
class ForwardingLog implements WriteAheadLog {
  final WriteAheadLog inside;

  ForwardingLog(WriteAheadLog inside) {
    this.inside = inside;
  }

  @Override
  public void open(WriteAheadLogConfig config) {
    inside.open(config);
  }

  @Override
  public long append(List<Entry> entries, long clockCeiling) {
    return inside.append(entries, clockCeiling);
  }

  @Override
  public void reopen() {
    inside.reopen();
  }

  @Override
  public Optional<Entry> read(LogPlace place) {
    return inside.read(place);
  }

  @Override
  public void replay(Visitor visitor) {
    inside.replay(visitor);
  }

  @Override
  public void truncateBelow(long group) {
    inside.truncateBelow(group);
  }

  @Override
  public long clockCeiling() {
    return inside.clockCeiling();
  }

  @Override
  public long bytes() {
    return inside.bytes();
  }

  @Override
  public double diskUse() {
    return inside.diskUse();
  }

  @Override
  public Optional<String> state(String key) {
    return inside.state(key);
  }

  @Override
  public void putState(String key, String value) {
    inside.putState(key, value);
  }

  @Override
  public <C> Optional<C> capability(Class<C> type) {
    return inside.capability(type);
  }

  @Override
  public void close() {
    inside.close();
  }
}
