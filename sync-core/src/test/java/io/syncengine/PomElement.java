// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** An element of a pom. */
record PomElement(Element element) {
  List<PomElement> children() {
    List<PomElement> children = new ArrayList<>();
    for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element child) {
        children.add(new PomElement(child));
      }
    }
    return children;
  }

  Optional<PomElement> child(String name) {
    return children().stream().filter(c -> c.name().equals(name)).findFirst();
  }

  String name() {
    return element.getTagName();
  }

  String text() {
    return element.getTextContent().strip();
  }

  /** The text of a child, or the empty string. */
  String text(String child) {
    return child(child).map(PomElement::text).orElse("");
  }
}
