// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.VersionMode;
import io.syncengine.spi.TierConfig;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks what stands in a database and brings it to this version's format. ADR 0003 tells why it is
 * a list of our own.
 */
final class Schema {
  private static final Map<String, Set<String>> NEEDED =
      Map.of(
          "items",
              Set.of(
                  "id",
                  "version",
                  "tombstone",
                  "content_hash",
                  "leaf",
                  "bucket",
                  "updated_at",
                  "codec",
                  "merge_type",
                  "sequence",
                  "origin",
                  "trace_parent",
                  "trace_state",
                  "content"),
          "changes", Set.of("sequence", "tag", "origin", "at", "count", "leaf_sum", "payload"),
          "head", Set.of("place", "sequence", "tag"),
          "meta", Set.of("name", "value"),
          "digests", Set.of("page", "sequence", "sums"),
          "readers", Set.of("name", "sequence"));

  /** The tables that were not there from the first format on, with the format that made them. */
  private static final Map<String, Integer> MADE_BY = Map.of("digests", 2, "readers", 2);

  /** The comment of our tables, where the dialect has comments. */
  static final String MARK = "io.syncengine";

  private static final Map<String, String> ARTIFACTS =
      Map.of("zstd", "sync-compression", "crdt", "sync-crdt");

  private final Dialect dialect;
  private final Tables tables;
  private final Meta meta;
  private final List<Migration> migrations;

  Schema(Dialect dialect, Tables tables, List<Migration> migrations) {
    this.dialect = dialect;
    this.tables = tables;
    this.meta = new Meta(dialect, tables);
    this.migrations = migrations;
  }

  /**
   * Checks what stands there and, if it may be written, makes what is missing.
   *
   * @return what the meta table says then
   * @throws Refusal if it cannot be used
   */
  Map<String, String> prepare(Connections connections, TierConfig config)
      throws SQLException, Refusal {
    Map<String, String> there;
    try (Session session = connections.read()) {
      there = look(session, config.versionMode());
    }
    if (config.readOnly()) {
      if (there.isEmpty()) {
        throw missing();
      }
      return there;
    }
    if (upToDate(there)) {
      return there;
    }
    try (Session session = connections.write()) {
      return migrate(session, config.versionMode());
    }
  }

  /**
   * Checks that what stands there is ours and can be used; writes nothing. In a transaction of its
   * own, since another instance may be making the tables at this moment.
   *
   * @return what the meta table says; empty if none of the tables is there
   * @throws Refusal if it cannot be used
   */
  Map<String, String> look(Session session, VersionMode mode) throws SQLException, Refusal {
    session.begin();
    Map<String, String> values = check(session, mode);
    session.commit();
    return values;
  }

  private Map<String, String> check(Session session, VersionMode mode)
      throws SQLException, Refusal {
    String unfit = dialect.unfit(session.connection());
    if (unfit != null) {
      throw new Refusal(unfit, null);
    }
    // What the meta table says first: another instance may be making tables, and what is said to be
    // done then is there when it is looked for.
    Set<String> columnsOfMeta = columns(session, tables.meta());
    boolean meant = columnsOfMeta.equals(NEEDED.get("meta"));
    Map<String, String> values = meant ? meta.all(session) : Map.of();
    Map<String, Set<String>> there = new HashMap<>();
    for (String name : NEEDED.keySet()) {
      put(there, name, columns(session, tables.named(name)));
    }
    if (there.isEmpty()) {
      return Map.of();
    }
    if (!values.containsKey(Meta.FORMAT) && isHalfMade(session)) {
      return Map.of();
    }
    if (!meant) {
      throw foreign();
    }
    requireFormat(values);
    int format = number(values.get(Meta.FORMAT));
    for (Map.Entry<String, Set<String>> needed : NEEDED.entrySet()) {
      if (MADE_BY.getOrDefault(needed.getKey(), 1) <= format
          && !there.getOrDefault(needed.getKey(), Set.of()).containsAll(needed.getValue())) {
        throw foreign();
      }
    }
    requireSame(values, mode);
    return values;
  }

  /** Whether another instance is making the tables at this moment, or was stopped in the middle. */
  private boolean isHalfMade(Session session) throws SQLException {
    if (dialect.commentOf() == null) {
      return false;
    }
    for (String name : NEEDED.keySet()) {
      PreparedStatement s = session.prepare(dialect.commentOf());
      s.setString(1, tables.named(name));
      try (ResultSet rs = s.executeQuery()) {
        if (rs.next() && !MARK.equals(rs.getString(1))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether {@link #migrate} would have nothing to do. */
  boolean upToDate(Map<String, String> values) {
    return !values.isEmpty() && Integer.parseInt(values.get(Meta.FORMAT)) >= latest();
  }

  /**
   * Makes what is missing, in one transaction where the database has transactions for that; safe
   * beside other instances.
   *
   * @param session a writer's
   * @return what the meta table says then
   */
  Map<String, String> migrate(Session session, VersionMode mode) throws SQLException, Refusal {
    Dialect.Restore unlock = dialect.lockSchema(session.connection(), tables, session.left());
    try {
      session.begin();
      // Another instance may have been here since the first look.
      Map<String, String> values = check(session, mode);
      int format = values.isEmpty() ? 0 : Integer.parseInt(values.get(Meta.FORMAT));
      for (Migration m : migrations) {
        if (m.number() > format) {
          run(session, m);
          // What tells that a step is done comes last: a crash before it makes the step run again.
          if (format == 0 && m.number() == migrations.get(0).number()) {
            describe(session, mode);
          }
          meta.put(session, Meta.READABLE_FROM, Integer.toString(m.readableFrom()));
          meta.put(session, Meta.FORMAT, Integer.toString(m.number()));
        }
      }
      Map<String, String> result = check(session, mode);
      session.commit();
      return result;
    } finally {
      unlock.run();
    }
  }

  private void run(Session session, Migration step) throws SQLException, Refusal {
    try (Statement s = session.connection().createStatement()) {
      for (String sql : step.statements()) {
        try {
          s.executeUpdate(sql);
        } catch (SQLException e) {
          if (!dialect.alreadyDone(e) && !isMadeByHand(session, e)) {
            throw e;
          }
        }
      }
    }
  }

  /**
   * Whether the user may not make tables, but somebody else made them.
   *
   * @throws Refusal with what has to be run if nobody did
   */
  private boolean isMadeByHand(Session session, SQLException e) throws SQLException, Refusal {
    if (dialect.classify(e) != Failure.DENIED) {
      return false;
    }
    for (Map.Entry<String, Set<String>> needed : NEEDED.entrySet()) {
      if (!columns(session, tables.named(needed.getKey())).containsAll(needed.getValue())) {
        throw new Refusal(
            "the user may not make or change tables; grant CREATE, ALTER and INDEX, or let somebody"
                + " who may run: "
                + statements(),
            e);
      }
    }
    return true;
  }

  /** All steps in one line. */
  String statements() {
    return migrations.stream()
        .flatMap(m -> m.statements().stream())
        .map(sql -> sql.replaceAll("\\s+", " ").strip() + ";")
        .collect(Collectors.joining(" "));
  }

  private int latest() {
    return migrations.get(migrations.size() - 1).number();
  }

  private void describe(Session session, VersionMode mode) throws SQLException {
    meta.put(session, Meta.DATABASE_ID, UUID.randomUUID().toString());
    meta.put(session, Meta.VERSION_MODE, text(mode));
    meta.put(session, Meta.ID_HASH, "xxh64");
    meta.put(session, Meta.CODEC, "none");
    meta.put(session, Meta.MERGE, "lww");
    meta.put(session, Meta.PURGE_HORIZON, "0");
    meta.put(session, Meta.GENERATION, "1");
  }

  private void requireFormat(Map<String, String> values) throws Refusal {
    int format = number(values.get(Meta.FORMAT));
    int readableFrom = number(values.get(Meta.READABLE_FROM));
    if (format < 1 || readableFrom < 1 || values.get(Meta.DATABASE_ID) == null) {
      throw foreign();
    }
    if (readableFrom > latest()) {
      throw new Refusal(
          "the database was written by a newer release (format "
              + format
              + ", this one knows "
              + latest()
              + "); use that release",
          null);
    }
  }

  private static void requireSame(Map<String, String> values, VersionMode mode) throws Refusal {
    String stored = values.get(Meta.VERSION_MODE);
    if (!text(mode).equals(stored)) {
      throw new Refusal(
          "the database was made with version_mode="
              + stored
              + ", which cannot be changed; configure that, or use another database or namespace",
          null);
    }
    require(values, Meta.ID_HASH, "xxh64");
    require(values, Meta.CODEC, "none");
    require(values, Meta.MERGE, "lww");
  }

  private static void require(Map<String, String> values, String name, String known)
      throws Refusal {
    String stored = values.get(name);
    if (!known.equals(stored)) {
      String artifact = ARTIFACTS.get(stored);
      throw new Refusal(
          "the database needs "
              + name
              + "="
              + stored
              + ", which is not here; "
              + (artifact == null
                  ? "use the release that wrote it"
                  : "add the artifact " + artifact),
          null);
    }
  }

  private static String text(VersionMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  /** For a read-only open, which makes nothing. */
  static Refusal missing() {
    return new Refusal(
        "the database has no tables of this namespace; check the namespace, or open it for writing"
            + " once",
        null);
  }

  private static Refusal foreign() {
    return new Refusal(
        "the database has tables of these names that another program made;"
            + " choose another namespace or database",
        null);
  }

  private static void put(Map<String, Set<String>> there, String table, Set<String> columns) {
    if (!columns.isEmpty()) {
      there.put(table, columns);
    }
  }

  private Set<String> columns(Session session, String table) throws SQLException {
    Set<String> result = new HashSet<>();
    PreparedStatement s = session.prepare(dialect.columnsOf());
    s.setString(1, table);
    try (ResultSet rs = s.executeQuery()) {
      while (rs.next()) {
        result.add(rs.getString(1).toLowerCase(Locale.ROOT));
      }
    }
    return result;
  }

  private static int number(@Nullable String value) {
    try {
      return value == null ? 0 : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
