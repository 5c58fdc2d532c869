// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a source shows of state that threads share. Read from the text, as the formatter leaves it:
 * members of the outermost class are indented by two.
 *
 * @param name the simple name of the source's class
 * @param concurrent fields that are volatile, atomic, a lock, a concurrent collection or a future
 * @param changing other fields of the outermost class that are not final
 * @param monitor whether it uses a monitor
 * @param text the source without comments and texts
 */
record SharedFields(
    String name, List<String> concurrent, List<String> changing, boolean monitor, String text) {
  private static final Pattern NO_CODE =
      Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*|\"(?:\\\\.|[^\"\\\\\\n])*\"");
  private static final Pattern FIELD =
      Pattern.compile(
          "(?m)^( {2}| {4,}(?=(?:private|protected|public|static|final|volatile)\\b))"
              + "((?:(?:private|protected|public|static|final|volatile|transient)\\s+)*)"
              + "([A-Za-z][\\w.<>\\[\\], ?]*?)\\s+(\\w+)\\s*(?:=[^;]*)?;");
  private static final Pattern CONCURRENT =
      Pattern.compile(
          "\\b(?:volatile|Reentrant\\w*Lock|StampedLock|Semaphore|CountDownLatch|Atomic[A-Z]\\w*"
              + "|LongAdder|Concurrent[A-Z]\\w*|CopyOnWrite\\w+|\\w*BlockingQueue|VarHandle"
              + "|Condition|CompletableFuture)\\b");

  static SharedFields of(Path source) {
    String text = NO_CODE.matcher(Project.read(source)).replaceAll(" ");
    List<String> concurrent = new ArrayList<>();
    List<String> changing = new ArrayList<>();
    Matcher field = FIELD.matcher(text);
    while (field.find()) {
      if (CONCURRENT.matcher(field.group()).find()) {
        concurrent.add(field.group(4));
      } else if (field.group(1).length() == 2 && !field.group(2).contains("final")) {
        changing.add(field.group(4));
      }
    }
    return new SharedFields(
        source.getFileName().toString().replace(".java", ""),
        concurrent,
        changing,
        Pattern.compile("\\bsynchronized\\b").matcher(text).find(),
        text);
  }

  boolean any() {
    return monitor || !concurrent.isEmpty();
  }

  List<String> toBeNamed() {
    List<String> all = new ArrayList<>(concurrent);
    all.addAll(changing);
    return all;
  }

  boolean mentions(String word) {
    return Pattern.compile("\\b" + word + "\\b").matcher(text).find();
  }

  @Override
  public String toString() {
    return name;
  }
}
