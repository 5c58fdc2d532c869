// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One write as it travels between the engine, the log and the tiers: a value or a tombstone with
 * everything that is stored beside it. Immutable. Its content is either an item, not encoded, or
 * the bytes that a codec made of it.
 *
 * @since 0.1
 */
public final class Entry {
  /** The codec byte of content that is stored as it is. */
  public static final byte IDENTITY_CODEC = 0;

  /** The merge type byte of entries for which the last writer wins. */
  public static final byte LAST_WRITER_WINS = 0;

  private static final byte[] NO_CONTENT = new byte[0];

  private final String id;
  private final @Nullable SyncItem item;
  private final byte @Nullable [] encoded;
  private final boolean tombstone;
  private final long version;
  private final long acceptedAtMillis;
  private final byte codec;
  private final byte mergeType;
  private final long sequence;
  private final @Nullable String origin;
  private final @Nullable String traceParent;
  private final @Nullable String traceState;
  private final @Nullable Revision base;
  // Each thread that finds null writes an equal value; volatile publishes it whole.
  private volatile @Nullable Revision revision;

  private Entry(Builder b) {
    this.id = b.id;
    this.item = b.item;
    this.encoded = b.encoded;
    this.tombstone = b.tombstone;
    this.version = b.version;
    this.acceptedAtMillis = b.acceptedAtMillis;
    this.codec = b.codec;
    this.mergeType = b.mergeType;
    this.sequence = b.sequence;
    this.origin = b.origin;
    this.traceParent = b.traceParent;
    this.traceState = b.traceState;
    this.base = b.base;
    this.revision = b.revision;
  }

  /**
   * The write of an item; its hash is computed when first asked for.
   *
   * @param item an item with a version
   * @return the entry
   */
  public static Entry ofItem(SyncItem item) {
    return ofItem(item, null);
  }

  /**
   * The write of an item as accepted by an instance; its hash is computed when first asked for.
   *
   * @param item an item with a version
   * @param origin the instance, or null if not known
   * @return the entry
   */
  public static Entry ofItem(SyncItem item, @Nullable String origin) {
    if (item.version() == 0) {
      throw new IllegalArgumentException("item has no version");
    }
    Builder b = new Builder(item.id());
    b.item = item;
    b.origin = origin;
    b.version = item.version();
    b.acceptedAtMillis = item.updatedAtMillis();
    b.traceParent = item.traceParent();
    b.traceState = item.traceState();
    return new Entry(b);
  }

  /**
   * A delete.
   *
   * @param id the id
   * @param version 1 or more
   * @param acceptedAtMillis when it was accepted, milliseconds since the epoch
   * @return the entry
   */
  public static Entry ofTombstone(String id, long version, long acceptedAtMillis) {
    return builder(id)
        .tombstone(Revision.ofTombstone(version))
        .acceptedAtMillis(acceptedAtMillis)
        .build();
  }

  /**
   * Starts an entry as read from storage. The id is taken as it is.
   *
   * @param id the id
   * @return a builder, for one thread
   */
  public static Builder builder(String id) {
    return new Builder(Objects.requireNonNull(id, "id"));
  }

  /**
   * This entry with some parts changed.
   *
   * @return a builder that starts with all parts of this entry
   */
  public Builder toBuilder() {
    Builder b = new Builder(id);
    b.item = item;
    b.encoded = encoded;
    b.tombstone = tombstone;
    b.version = version;
    b.acceptedAtMillis = acceptedAtMillis;
    b.codec = codec;
    b.mergeType = mergeType;
    b.sequence = sequence;
    b.origin = origin;
    b.traceParent = traceParent;
    b.traceState = traceState;
    b.base = base;
    b.revision = revision;
    return b;
  }

  /**
   * The id.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * Whether this is a delete.
   *
   * @return true for a delete
   */
  public boolean tombstone() {
    return tombstone;
  }

  /**
   * The version; cheaper than {@link #revision()}, which may hash the content.
   *
   * @return 1 or more
   */
  public long version() {
    return version;
  }

  /**
   * The revision; for an entry made of an item the first call hashes the content.
   *
   * @return the revision
   */
  public Revision revision() {
    Revision known = revision;
    if (known == null) {
      known = toItem().revision();
      revision = known;
    }
    return known;
  }

  /**
   * Compares the revisions of two entries of one id, hashing only if the versions tie.
   *
   * @param other another entry of the same id
   * @return true if this one replaces the other
   */
  public boolean isAbove(Entry other) {
    return version != other.version
        ? version > other.version
        : revision().isAbove(other.revision());
  }

  /**
   * When the write was accepted.
   *
   * @return milliseconds since the epoch
   */
  public long acceptedAtMillis() {
    return acceptedAtMillis;
  }

  /**
   * The bytes to store: encoded by {@link #codec()}, empty for a tombstone.
   *
   * @return an array that the caller must not change
   */
  public byte[] content() {
    if (encoded != null) {
      return encoded;
    }
    return item == null ? NO_CONTENT : item.content();
  }

  /**
   * The length of {@link #content()}.
   *
   * @return bytes
   */
  public int contentLength() {
    if (encoded != null) {
      return encoded.length;
    }
    return item == null ? 0 : item.contentLength();
  }

  /**
   * The item.
   *
   * @return the item with version and time of acceptance
   * @throws IllegalStateException for a tombstone, or if the content is still encoded
   */
  public SyncItem toItem() {
    if (item != null) {
      return item;
    }
    if (tombstone || codec != IDENTITY_CODEC) {
      throw new IllegalStateException("a tombstone or encoded content is no item");
    }
    return SyncItem.builder(id)
        .ownedContent(content())
        .version(version)
        .updatedAtMillis(acceptedAtMillis)
        .trace(traceParent, traceState)
        .build();
  }

  /**
   * Whether the content is the one whose hash the revision has; hashes it. A tombstone has none,
   * and is intact.
   *
   * @return false if something else than what was written stands there
   * @throws IllegalStateException if the content is still encoded
   */
  public boolean isIntact() {
    return tombstone || MessageDigest.isEqual(revision().contentHash(), toItem().contentHash());
  }

  /**
   * Which codec made {@link #content()}.
   *
   * @return the codec's byte; {@link #IDENTITY_CODEC} for none
   */
  public byte codec() {
    return codec;
  }

  /**
   * How equal versions are joined.
   *
   * @return the merge strategy's byte; {@link #LAST_WRITER_WINS} by default
   */
  public byte mergeType() {
    return mergeType;
  }

  /**
   * The change sequence of the commit that wrote this entry.
   *
   * @return the sequence, 0 if it has not been committed or the tier keeps no change log
   */
  public long sequence() {
    return sequence;
  }

  /**
   * The instance that accepted the write.
   *
   * @return its id, or null if not known
   */
  public @Nullable String origin() {
    return origin;
  }

  /**
   * The W3C trace context's {@code traceparent}.
   *
   * @return the value, or null
   */
  public @Nullable String traceParent() {
    return traceParent;
  }

  /**
   * The W3C trace context's {@code tracestate}.
   *
   * @return the value, or null
   */
  public @Nullable String traceState() {
    return traceState;
  }

  /**
   * The revision that this entry was merged from: a tier writes the entry only over exactly that.
   *
   * @return the base, or null if any lower revision may be replaced
   */
  public @Nullable Revision base() {
    return base;
  }

  /** Leaves id and content out: both may be personal data. */
  @Override
  public String toString() {
    return "Entry[version=" + version + (tombstone ? ", tombstone]" : "]");
  }

  /** Collects the parts of an entry. For one thread. */
  public static final class Builder {
    private final String id;
    private @Nullable SyncItem item;
    private byte @Nullable [] encoded;
    private boolean tombstone;
    private long version;
    private long acceptedAtMillis;
    private byte codec;
    private byte mergeType;
    private long sequence;
    private @Nullable String origin;
    private @Nullable String traceParent;
    private @Nullable String traceState;
    private @Nullable Revision base;
    private @Nullable Revision revision;

    private Builder(String id) {
      this.id = id;
    }

    /**
     * Makes it a value with the content as stored.
     *
     * @param valueRevision a value's revision
     * @param valueCodec the codec that made the bytes
     * @param bytes handed over, not copied
     * @return this builder
     */
    public Builder value(Revision valueRevision, byte valueCodec, byte[] bytes) {
      if (valueRevision.tombstone()) {
        throw new IllegalArgumentException("the revision is a tombstone's");
      }
      this.revision = valueRevision;
      this.version = valueRevision.version();
      this.tombstone = false;
      this.codec = valueCodec;
      this.encoded = Objects.requireNonNull(bytes, "bytes");
      this.item = null;
      return this;
    }

    /**
     * Makes it a delete.
     *
     * @param tombstoneRevision a tombstone's revision
     * @return this builder
     */
    public Builder tombstone(Revision tombstoneRevision) {
      if (!tombstoneRevision.tombstone()) {
        throw new IllegalArgumentException("the revision is not a tombstone's");
      }
      this.revision = tombstoneRevision;
      this.version = tombstoneRevision.version();
      this.tombstone = true;
      this.codec = IDENTITY_CODEC;
      this.encoded = null;
      this.item = null;
      return this;
    }

    /**
     * When the write was accepted.
     *
     * @param millis milliseconds since the epoch
     * @return this builder
     */
    public Builder acceptedAtMillis(long millis) {
      this.acceptedAtMillis = millis;
      return this;
    }

    /**
     * How equal versions are joined.
     *
     * @param type the merge strategy's byte
     * @return this builder
     */
    public Builder mergeType(byte type) {
      this.mergeType = type;
      return this;
    }

    /**
     * The change sequence of the commit.
     *
     * @param newSequence 0 or more
     * @return this builder
     */
    public Builder sequence(long newSequence) {
      this.sequence = newSequence;
      return this;
    }

    /**
     * The instance that accepted the write.
     *
     * @param instance its id, or null
     * @return this builder
     */
    public Builder origin(@Nullable String instance) {
      this.origin = instance;
      return this;
    }

    /**
     * The W3C trace context.
     *
     * @param parent {@code traceparent}, or null
     * @param state {@code tracestate}, or null
     * @return this builder
     */
    public Builder trace(@Nullable String parent, @Nullable String state) {
      this.traceParent = parent;
      this.traceState = state;
      return this;
    }

    /**
     * The revision that it was merged from.
     *
     * @param revisionBelow the base, or null
     * @return this builder
     */
    public Builder base(@Nullable Revision revisionBelow) {
      this.base = revisionBelow;
      return this;
    }

    /**
     * Makes the entry.
     *
     * @return the entry
     */
    public Entry build() {
      if (version == 0) {
        throw new IllegalStateException("give a value or a tombstone");
      }
      return new Entry(this);
    }
  }
}
