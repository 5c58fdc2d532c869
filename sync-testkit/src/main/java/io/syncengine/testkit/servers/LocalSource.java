// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server of MySQL or MariaDB that runs as a process; its data folder is made once and copied. */
final class LocalSource implements Source {
  private static final String PASSWORD = "admin-password";

  private final Product product;
  private final Program program;
  private final Place place;
  private final Cache cache;
  private final SqlCommands commands;

  /** Looks for a product on this machine. */
  static Probe<Source> probe(Product product, Cache cache) {
    return new LocalProbe<>(
        product,
        cache,
        (program, place) -> new LocalSource(product, program, place, cache),
        () -> new ContainerSource(product));
  }

  LocalSource(Product product, Program program, Place place, Cache cache) {
    this.product = product;
    this.program = program;
    this.place = place;
    this.cache = cache;
    this.commands = SqlCommands.of(product);
  }

  @Override
  public String origin() {
    return program.origin(place);
  }

  @Override
  public Launchable create(List<String> options) throws IOException, UnavailableException {
    Path template = template();
    ReservedPort port = new ReservedPort();
    Path folder = cache.scratch(product.key());
    Path data = folder.resolve("data");
    List<String> command = new ArrayList<>(commands.serve(program, data, port.number()));
    command.addAll(options);
    LocalProcess process = new LocalProcess(folder, port, command);
    try {
      Folders.copy(template.resolve("data"), data);
      Files.createDirectory(SqlCommands.temporary(data));
      return new Launchable(process, Files.readString(template.resolve(PASSWORD)));
    } catch (IOException | RuntimeException e) {
      Closing.after(e, process);
      throw e;
    }
  }

  private Path template() throws IOException, UnavailableException {
    String name =
        String.join(
            "-",
            "data",
            product.key(),
            program.version(),
            Integer.toHexString(program.path().hashCode()));
    return cache.entry(
        name,
        folder -> {
          String password = Accounts.newPassword();
          Path data = Files.createDirectory(folder.resolve("data"));
          commands.initialise(program, data, Accounts.admin(password));
          Files.writeString(folder.resolve(PASSWORD), password);
        });
  }
}
