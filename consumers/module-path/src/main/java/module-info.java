// SPDX-License-Identifier: AGPL-3.0-only

/** A user's program on the module path. */
module com.example.visits {
  requires io.syncengine;
  requires io.syncengine.jdbc;
  requires io.syncengine.redis;
  requires io.syncengine.wal;
}
