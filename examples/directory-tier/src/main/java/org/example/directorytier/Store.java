// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import io.syncengine.spi.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files, and how they are read; {@link StoreWriter} writes them. {@code items/} holds one an
 * item, named by the SHA-256 of its id, since ids are longer than names may be and differ by case
 * alone. A batch becomes visible at once, in these steps, each on disk before the next:
 *
 * <ol>
 *   <li>its files are written into {@code staged/};
 *   <li>{@code staged/} is renamed to {@code committed/}: the commit, all or nothing;
 *   <li>each file is renamed into {@code items/}, over the one before it;
 *   <li>{@code committed/}, empty now, is deleted.
 * </ol>
 *
 * <p>A writer that dies before step 2 leaves rubbish in {@code staged/}; one that dies after it
 * leaves a commit that the next writer rolls forward. Readers look into {@code committed/} first,
 * so that they see the commit from step 2 on and never go back: a file leaves it only for {@code
 * items/}.
 */
final class Store {
  private final Path root;
  private final Disk disk;
  // A file's name never stands for another id, so that what was read once stays right.
  private final Map<String, String> idsByName = new ConcurrentHashMap<>();

  Store(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  Path root() {
    return root;
  }

  Disk disk() {
    return disk;
  }

  Path items() {
    return root.resolve("items");
  }

  Path staged() {
    return root.resolve("staged");
  }

  Path committed() {
    return root.resolve("committed");
  }

  Path infoFile() {
    return root.resolve("store.properties");
  }

  Path lockFile() {
    return root.resolve("lock");
  }

  /** What is stored under an id; null if nothing is. Takes no lock. */
  Entry read(String id) throws IOException {
    String name = nameOf(id);
    Entry entry = readFile(committed().resolve(name));
    return entry != null ? entry : readFile(items().resolve(name));
  }

  /** All ids, tombstones included. Reads only files whose names it has not seen before. */
  List<String> ids(Deadline deadline) throws IOException {
    List<Path> files = new ArrayList<>();
    // In this order, or a file that moves in between would be missed.
    files.addAll(list(committed()));
    files.addAll(list(items()));
    List<String> ids = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      String id = idsByName.get(name);
      if (id == null) {
        deadline.check();
        Entry entry = readFile(file);
        // It has just moved from one folder to the other.
        entry = entry != null ? entry : readFile(items().resolve(name));
        id = entry.id();
        idsByName.put(name, id);
      }
      ids.add(id);
    }
    return ids;
  }

  private static Entry readFile(Path file) throws IOException {
    try {
      return ItemFile.entryOf(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  static List<Path> list(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return files;
  }

  static String nameOf(String id) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(id.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
