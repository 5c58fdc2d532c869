// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
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

  /** The release as NDJSON, gzip. */
  CountedInput open() throws IOException {
    String name = "demo-data/bcd-" + release + ".ndjson.gz";
    URL url = DemoData.class.getResource(name);
    if (url == null) {
      throw new CommandException(
          ExitCodes.USAGE, "Incomplete", "the command lacks " + name, "build it again");
    }
    URLConnection resource = url.openConnection();
    return new CountedInput(resource.getInputStream(), resource.getContentLengthLong());
  }

  /** All ids of the release. */
  Set<String> ids() {
    Set<String> ids = new HashSet<>();
    try (NdjsonReader reader = new NdjsonReader(open(), LineForm.JSON)) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        ids.add(line.id());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ids;
  }
}
