// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code sync completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes this command in a shell.",
      "",
      "Completes the name under which it was called. Put the line below into ~/.bashrc or"
          + " ~/.zshrc."
    },
    footer = "  eval \"$(${ROOT-COMMAND-NAME} completion bash)\"")
final class CompletionCommand implements Callable<Integer> {
  @ParentCommand private SyncCommand sync;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      description = "bash or zsh; the script is the same.")
  @SuppressWarnings("UnusedVariable") // it is there to be accepted and checked
  private @Nullable Shell shell;

  CompletionCommand() {}

  /** The shells that the script runs in. */
  enum Shell {
    BASH,
    ZSH
  }

  @Override
  public Integer call() {
    String name = sync.messages().launch().name();
    sync.output().line(AutoComplete.bash(name, spec.root().commandLine()));
    sync.output().flush();
    return ExitCodes.DONE;
  }
}
