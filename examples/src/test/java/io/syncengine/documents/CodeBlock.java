// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import java.nio.file.Path;

/**
 * A block of code in a document.
 *
 * @param document where
 * @param line of its fence, from 1
 * @param kind what the marker before it says, as {@code snippet}; empty if there is none
 * @param source what stands behind the marker's colon; empty if nothing does
 * @param language what stands behind the fence
 * @param text the block's lines
 */
record CodeBlock(
    Path document, int line, String kind, String source, String language, String text) {
  /** Writes the document anew, with another text in this block. */
  void replaceWith(String newText) {
    String before = "<!-- " + kind + ": " + source + " -->\n```" + language + "\n";
    String whole = Project.read(document);
    int start = whole.indexOf(before) + before.length();
    String after = whole.substring(whole.indexOf("```", start));
    Project.write(document, whole.substring(0, start) + newText + after);
  }

  @Override
  public String toString() {
    return document + ":" + line;
  }
}
