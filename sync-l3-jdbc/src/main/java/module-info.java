// SPDX-License-Identifier: AGPL-3.0-only

/** The ground truth in a SQL database. */
module io.syncengine.jdbc {
  requires transitive io.syncengine;
  requires transitive java.sql;
  requires com.zaxxer.hikari;
  requires org.slf4j;
  requires static org.jspecify;
  requires org.xerial.sqlitejdbc;

  // MySQL Connector/J and MariaDB Connector/J, as far as they are there.
  uses java.sql.Driver;

  exports io.syncengine.jdbc;

  provides io.syncengine.spi.TierProvider with
      io.syncengine.jdbc.JdbcTierProvider;
}
