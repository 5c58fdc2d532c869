// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import io.syncengine.spi.TierConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;

/**
 * What the directory says about itself, in {@code store.properties}, written once when the store is
 * made.
 *
 * @param databaseId made with the store, random
 */
record StoreInfo(String databaseId) {
  private static final String FORMAT = "1";

  // region store-info
  /** Makes what is missing, if the engine may write, and checks what is there. */
  static StoreInfo open(Store store, TierConfig config, Deadline deadline) throws IOException {
    if (!Files.exists(store.infoFile())) {
      if (config.readOnly()) {
        throw new StoreRefusal("there is no store in the directory; open it for writing once");
      }
      make(store, config, deadline);
    }
    Properties found = new Properties();
    found.load(new ByteArrayInputStream(Files.readAllBytes(store.infoFile())));
    require(found, "format", FORMAT);
    require(found, "namespace", config.namespace());
    require(found, "versionMode", config.versionMode().name());
    return new StoreInfo(found.getProperty("databaseId"));
  }

  private static void require(Properties found, String key, String wanted) throws StoreRefusal {
    if (!wanted.equals(found.getProperty(key))) {
      throw new StoreRefusal("the directory holds a store of another " + key);
    }
  }

  // endregion

  private static void make(Store store, TierConfig config, Deadline deadline) throws IOException {
    if (!Files.exists(store.root())) {
      Disk.makePrivate(store.root());
    }
    requireNothingForeign(store.root());
    Properties info = new Properties();
    info.setProperty("format", FORMAT);
    info.setProperty("namespace", config.namespace());
    info.setProperty("versionMode", config.versionMode().name());
    info.setProperty("databaseId", UUID.randomUUID().toString());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    info.store(bytes, null);
    try (StoreWriter writer = StoreWriter.of(store, deadline)) {
      writer.make(bytes.toByteArray());
    }
  }

  /** Writes into no directory that is somebody else's; what a maker that died left is ours. */
  private static void requireNothingForeign(Path root) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            root, f -> !f.getFileName().toString().matches("lock|items|store\\.properties.*"))) {
      if (files.iterator().hasNext()) {
        throw new StoreRefusal("the directory is not empty and holds no store; choose another");
      }
    }
  }
}
