// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

/** Where a server is looked for, in this order. */
enum Place {
  OVERRIDE("named by system property"),
  JAR("jar on the class path"),
  PATH("installed"),
  CONTAINER("container");

  private final String text;

  Place(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
