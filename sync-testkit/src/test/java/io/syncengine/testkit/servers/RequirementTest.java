// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** A server that cannot be had skips a test, or fails it if the run is no good without. */
class RequirementTest {
  private static final UnavailableException REASON = new UnavailableException("nothing here");

  @Test
  void aTestWithoutItsServerIsSkippedWithTheReason() {
    assertThat(new Requirement("").missing(Product.MYSQL, REASON))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("nothing here");
    assertThat(new Requirement("mariadb").missing(Product.MYSQL, REASON))
        .isInstanceOf(TestAbortedException.class);
  }

  @Test
  void aTestWithoutARequiredServerFailsWithItsNameAndTheReason() {
    Requirement both = new Requirement("mysql, mariadb");

    for (Product product : new Product[] {Product.MYSQL, Product.MARIADB}) {
      assertThatThrownBy(() -> both.missing(product, REASON))
          .isInstanceOf(AssertionError.class)
          .hasMessage("sync.servers.required lists " + product.key() + ": nothing here");
    }
  }

  @Test
  void aNameThatNoServerHasIsRefused() {
    assertThatThrownBy(() -> new Requirement("mysql,marai"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sync.servers.required lists what is no server: [marai]");
  }
}
