// SPDX-License-Identifier: AGPL-3.0-only

// region module
/** An example of a ground truth that is written against the SPI alone. */
module org.example.directorytier {
  requires transitive io.syncengine;

  exports org.example.directorytier;

  provides io.syncengine.spi.TierProvider with
      org.example.directorytier.DirectoryTierProvider;
}
// endregion
