// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.model.Difference.Fix;
import io.syncengine.model.VerifyOptions;
import io.syncengine.read.Subtree;
import io.syncengine.spi.IdRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run was asked for.
 *
 * @param repair whether it is a repair, be it a dry one
 */
record Scope(VerifyOptions options, boolean repair, Subtree subtree) {
  Scope(VerifyOptions options, boolean repair) {
    this(options, repair, Subtree.of(options.prefix()));
  }

  boolean deep() {
    return options.deep();
  }

  /** Whether it writes. */
  boolean writes() {
    return repair && !options.dryRun();
  }

  /** Whether it is about everything, so that digests can be compared. */
  boolean isWhole() {
    return options.prefix().isEmpty();
  }

  List<IdRange> ranges() {
    List<IdRange> ranges = new ArrayList<>();
    // An id and what follows it at once: nothing lies between them.
    subtree.root().ifPresent(id -> ranges.add(new IdRange(id, id + '\u0000')));
    ranges.add(subtree.below());
    return ranges;
  }

  /** What becomes of a difference for which there is nothing to repair it by. */
  Fix without() {
    return repair ? Fix.NO_SOURCE : Fix.NONE;
  }

  /** What becomes of a difference that a run which writes would repair. */
  Fix notWritten() {
    return repair ? Fix.WOULD_REPAIR : Fix.NONE;
  }
}
