// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Leaf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BranchesTest {
  private static List<String> lines(Branches branches) {
    List<String> lines = new ArrayList<>();
    branches.walk(
        (branch, level) ->
            lines.add(
                level
                    + " '"
                    + branch.path
                    + "' "
                    + branch.items
                    + (branch.item ? " item" : "")
                    + (branch.holdsOthers() ? " others" : "")
                    + (branch.differences > 0 ? " differs " + branch.differences : "")));
    return lines;
  }

  private static Branches of(String prefix, int depth, String... ids) {
    Branches branches = new Branches(prefix, depth);
    for (String id : ids) {
      branches.add(SyncItem.of(id, "content").stamped(1, 0));
    }
    return branches;
  }

  @Test
  void anIdThatOthersGoOnFromIsAnItemOfItsBranch() {
    assertThat(lines(of("", 2, "a.b", "a.b-x", "a.b.c", "a.b.c.d", "e")))
        .containsExactly(
            "0 '' 5 others",
            "1 'a' 4 others",
            "2 'a.b' 3 item others",
            "2 'a.b-x' 1 item",
            "1 'e' 1 item");
  }

  @Test
  void emptySegmentsAreSegments() {
    assertThat(lines(of("", 3, "a.", "a..b", ".")))
        .containsExactly(
            "0 '' 3 others",
            "1 '' 1 others",
            "2 '.' 1 item",
            "1 'a' 2 others",
            "2 'a.' 2 item others",
            "3 'a..b' 1 item");
  }

  @Test
  void theRootIsASubtree() {
    assertThat(lines(of("a.b", 1, "a.b", "a.b.c")))
        .containsExactly("0 'a.b' 2 item others", "1 'a.b.c' 1 item");
    assertThat(lines(of("a.b.", 1, "a.b.c", "a.b.c.d")))
        .containsExactly("0 'a.b.' 2 others", "1 'a.b.c' 2 item others");
    assertThat(lines(of("a.b", 0, "a.b.c"))).containsExactly("0 'a.b' 1 others");
  }

  @Test
  void whatTheGroundTruthLacksHasABranchToo() {
    Branches branches = of("", 2, "a.b");
    branches.differs("a.b");
    branches.differs("x.y.z");

    assertThat(lines(branches))
        .containsExactly(
            "0 '' 1 others differs 2",
            "1 'a' 1 others differs 1",
            "2 'a.b' 1 item differs 1",
            "1 'x' 0 others differs 1",
            "2 'x.y' 0 differs 1");
  }

  @Test
  void theDigestIsTheSumOfTheLeaves() {
    SyncItem one = SyncItem.of("a.b", "1").stamped(1, 0);
    SyncItem two = SyncItem.of("a.c", "2").stamped(2, 0);
    byte[] sum = new byte[Leaf.BYTES];
    for (SyncItem item : List.of(two, one)) {
      Leaf.add(sum, Leaf.of(item.id(), Revision.ofValue(item.version(), item.contentHash())));
    }
    Branches branches = new Branches("", 1);
    branches.add(one);
    branches.add(two);

    branches.walk((branch, level) -> assertThat(branch.digest()).isEqualTo(sum));
  }
}
