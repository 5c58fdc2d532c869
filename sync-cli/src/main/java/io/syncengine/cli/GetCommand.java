// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.SyncItem;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sync get}. */
@Command(
    name = "get",
    description = {
      "Prints the content of an item.",
      "",
      "Prints the bytes of the content and a line feed; with --json an object with id, content (or"
          + " contentBase64), version, updatedAt, and source, the tier that has answered. Exit"
          + " code 1: no such item. Where nothing was ever stored the command is refused (2): a"
          + " wrong folder must not look like an absent item."
    },
    footer = {
      "  ${ROOT-COMMAND-NAME} get org.mdn.bcd.api.Crypto",
      "  ${ROOT-COMMAND-NAME} get --raw org.mdn.bcd.api.Crypto > crypto.json"
    })
final class GetCommand extends EngineCommand {
  @Parameters(paramLabel = "ID", description = "The item's id.")
  private String id;

  @Option(names = "--raw", description = "The bytes alone, without a line feed after them.")
  private boolean raw;

  GetCommand() {}

  @Override
  public Integer call() {
    argument(id);
    ReadResult answer;
    try (Session session = openToRead()) {
      answer = session.engine().read(id, ReadOption.VERIFY);
    }
    if (answer.item().isEmpty()) {
      throw CommandException.absent(id);
    }
    SyncItem item = answer.item().get();
    if (json()) {
      String more =
          ",\"version\":"
              + item.version()
              + ",\"updatedAt\":\""
              + item.updatedAt()
              + "\",\"source\":\""
              + answer.source()
              + "\"}";
      new NdjsonWriter(output()).write(item, more.getBytes(StandardCharsets.US_ASCII));
    } else {
      output().bytes(item.content());
    }
    if (!raw || json()) {
      output().line("");
    }
    output().flush();
    return ExitCodes.DONE;
  }
}
