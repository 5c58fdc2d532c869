// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/** A release of MDN browser-compat-data (CC0) that the command carries. */
enum DemoData {
  FIRST("7.0.0"),
  SECOND("8.0.0");

  /** The subtree that holds all of its ids. */
  static final String PREFIX = "org.mdn.bcd";

  private final String release;

  DemoData(String release) {
    this.release = release;
  }

  String release() {
    return release;
  }

  NdjsonReader open() {
    String name = "demo-data/bcd-" + release + ".ndjson.gz";
    InputStream in = DemoData.class.getResourceAsStream(name);
    if (in == null) {
      throw new CommandException(
          ExitCodes.USAGE, "Incomplete", "the command lacks " + name, "build it again");
    }
    try {
      return new NdjsonReader(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All ids of the release. */
  Set<String> ids() {
    Set<String> ids = new HashSet<>();
    try (NdjsonReader reader = open()) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        ids.add(line.id());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ids;
  }
}
