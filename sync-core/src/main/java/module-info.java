// SPDX-License-Identifier: AGPL-3.0-only

/** The engine's core: API, SPI and everything that needs no driver. */
module io.syncengine {
  requires static org.jspecify;

  exports io.syncengine;
  exports io.syncengine.model;
  exports io.syncengine.spi;

  uses io.syncengine.spi.BatcherProvider;
  uses io.syncengine.spi.CodecProvider;
  uses io.syncengine.spi.ExistenceFilterProvider;
  uses io.syncengine.spi.MemoryTierProvider;
  uses io.syncengine.spi.MergeStrategyProvider;
  uses io.syncengine.spi.TelemetryProvider;
  uses io.syncengine.spi.TierProvider;
  uses io.syncengine.spi.WriteAheadLogProvider;

  provides io.syncengine.spi.BatcherProvider with
      io.syncengine.batch.HybridBatcherProvider;
  provides io.syncengine.spi.ExistenceFilterProvider with
      io.syncengine.filter.CuckooFilterProvider;
  provides io.syncengine.spi.MemoryTierProvider with
      io.syncengine.memory.TanCurveMemoryTierProvider;
  provides io.syncengine.spi.TierProvider with
      io.syncengine.spi.InMemoryTierProvider;
}
