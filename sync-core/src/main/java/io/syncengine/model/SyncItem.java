// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An item: an id and opaque content, JSON in the usual case. Immutable; equal by id, version and
 * content hash. An item that the engine has returned carries its version; {@link #withContent}
 * takes it off again, so that the next write gets a new one.
 *
 * <p>The content hash is computed once, when it is first asked for, and may be computed twice if
 * two threads ask at the same time; both get the same value.
 *
 * @since 0.1
 */
public final class SyncItem {
  private final String id;
  private final byte[] content;
  private final long version;
  private final long updatedAtMillis;
  private final @Nullable String traceParent;
  private final @Nullable String traceState;
  // Written by any thread, each time with an equal array; a racy read sees null or a full array,
  // since an array handed over by a data race is safe only if published by a volatile write.
  private volatile byte @Nullable [] hash;

  private SyncItem(Builder from) {
    this.id = from.id;
    this.content = Objects.requireNonNull(from.content, "content");
    this.version = from.version;
    this.updatedAtMillis = from.updatedAtMillis;
    this.traceParent = from.traceParent;
    this.traceState = from.traceState;
    this.hash = from.hash;
  }

  /**
   * An item with text content, usually JSON, which is not parsed.
   *
   * @param id 1 to {@value ItemId#MAX_BYTES} bytes of UTF-8, no control characters
   * @param json the content, stored as UTF-8
   * @return an item without a version
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException for an ill-formed id, or text with an unpaired surrogate
   */
  public static SyncItem of(String id, String json) {
    return builder(id).content(json).build();
  }

  /**
   * An item with binary content.
   *
   * @param id 1 to {@value ItemId#MAX_BYTES} bytes of UTF-8, no control characters
   * @param content copied
   * @return an item without a version
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException for an ill-formed id
   */
  public static SyncItem of(String id, byte[] content) {
    return builder(id).content(content).build();
  }

  /**
   * Starts an item with optional parts.
   *
   * @param id 1 to {@value ItemId#MAX_BYTES} bytes of UTF-8, no control characters
   * @return a builder, for one thread
   * @throws NullPointerException if the id is null
   * @throws IllegalArgumentException for an ill-formed id
   */
  public static Builder builder(String id) {
    return new Builder(ItemId.requireValid(id));
  }

  /**
   * The same id and trace context with other content and no version.
   *
   * @param json the new content
   * @return a new item
   * @throws IllegalArgumentException for text with an unpaired surrogate
   */
  public SyncItem withContent(String json) {
    return new Builder(id).trace(traceParent, traceState).content(json).build();
  }

  /**
   * The same id and trace context with other content and no version.
   *
   * @param newContent copied
   * @return a new item
   */
  public SyncItem withContent(byte[] newContent) {
    return new Builder(id).trace(traceParent, traceState).content(newContent).build();
  }

  /**
   * The same item as accepted under a version. For the engine and for tiers.
   *
   * @param newVersion 1 or more
   * @param acceptedAtMillis when it was accepted, in milliseconds since the epoch
   * @return a new item that shares the content
   */
  public SyncItem stamped(long newVersion, long acceptedAtMillis) {
    Builder b = new Builder(id).trace(traceParent, traceState).version(newVersion);
    b.updatedAtMillis = acceptedAtMillis;
    b.content = content;
    b.hash = hash;
    return new SyncItem(b);
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
   * The version.
   *
   * @return 1 or more, or 0 for an item that has not been accepted yet
   */
  public long version() {
    return version;
  }

  /**
   * When the engine accepted this content; not part of the order of revisions.
   *
   * @return the time, or the epoch for an item that has not been accepted yet
   */
  public Instant updatedAt() {
    return Instant.ofEpochMilli(updatedAtMillis);
  }

  /**
   * The same as {@link #updatedAt()}, in milliseconds since the epoch.
   *
   * @return milliseconds, 0 for an item that has not been accepted yet
   */
  public long updatedAtMillis() {
    return updatedAtMillis;
  }

  /**
   * The content.
   *
   * @return a copy
   */
  public byte[] content() {
    return content.clone();
  }

  /**
   * The content without a copy.
   *
   * @return a new read-only buffer over it
   */
  public ByteBuffer contentBuffer() {
    return ByteBuffer.wrap(content).asReadOnlyBuffer();
  }

  /**
   * The length of the content.
   *
   * @return bytes
   */
  public int contentLength() {
    return content.length;
  }

  /**
   * The content as text.
   *
   * @return the decoded text
   * @throws IllegalStateException if the content is not well-formed UTF-8
   */
  public String contentAsString() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("content is not well-formed UTF-8; use content()", e);
    }
  }

  /**
   * The SHA-256 of the content, computed on the first call.
   *
   * @return a copy, {@value Revision#HASH_BYTES} bytes
   */
  public byte[] contentHash() {
    return sharedHash().clone();
  }

  /**
   * The revision: version and content hash. Hashes the content unless {@link #contentHash()} has
   * been asked for before; what it computes is not kept, so that items in memory stay small.
   *
   * @return the revision
   * @throws IllegalStateException if the item has no version
   */
  public Revision revision() {
    if (version == 0) {
      throw new IllegalStateException("the item has no version; it was not accepted yet");
    }
    byte @Nullable [] known = hash;
    return Revision.ofValue(version, known != null ? known : sha256(content));
  }

  /**
   * The W3C trace context's {@code traceparent}.
   *
   * @return the header's value, or null
   */
  public @Nullable String traceParent() {
    return traceParent;
  }

  /**
   * The W3C trace context's {@code tracestate}.
   *
   * @return the header's value, or null
   */
  public @Nullable String traceState() {
    return traceState;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SyncItem other
        && version == other.version
        && id.equals(other.id)
        && (content == other.content || MessageDigest.isEqual(sharedHash(), other.sharedHash()));
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + Long.hashCode(version);
  }

  /** Leaves the id and the content out: both may be personal data. */
  @Override
  public String toString() {
    return "SyncItem[version=" + version + ", " + content.length + " bytes]";
  }

  private byte[] sharedHash() {
    byte @Nullable [] known = hash;
    if (known == null) {
      known = sha256(content);
      hash = known;
    }
    return known;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Collects the parts of an item. For one thread. */
  public static final class Builder {
    private final String id;
    private byte @Nullable [] content;
    private long version;
    private long updatedAtMillis;
    private @Nullable String traceParent;
    private @Nullable String traceState;
    private byte @Nullable [] hash;

    private Builder(String id) {
      this.id = id;
    }

    /**
     * Text content, stored as UTF-8.
     *
     * @param json the text
     * @return this builder
     * @throws IllegalArgumentException for an unpaired surrogate
     */
    public Builder content(String json) {
      Objects.requireNonNull(json, "content");
      try {
        ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
        byte[] bytes = new byte[utf8.remaining()];
        utf8.get(bytes);
        this.content = bytes;
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException("content has an unpaired surrogate", e);
      }
      return this;
    }

    /**
     * Binary content.
     *
     * @param bytes copied
     * @return this builder
     */
    public Builder content(byte[] bytes) {
      this.content = Objects.requireNonNull(bytes, "content").clone();
      return this;
    }

    /**
     * Binary content that is handed over: not copied, and never to be changed again. For tiers,
     * which own the array that they have just read.
     *
     * @param bytes the array
     * @return this builder
     */
    public Builder ownedContent(byte[] bytes) {
      this.content = Objects.requireNonNull(bytes, "content");
      return this;
    }

    /**
     * The version: required in caller mode. In engine mode only items as read carry one.
     *
     * @param newVersion 1 or more
     * @return this builder
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder version(long newVersion) {
      if (newVersion < 1) {
        throw new IllegalArgumentException("version is " + newVersion + "; it must be 1 or more");
      }
      this.version = newVersion;
      return this;
    }

    /**
     * When the content was accepted; for tiers.
     *
     * @param millis milliseconds since the epoch
     * @return this builder
     */
    public Builder updatedAtMillis(long millis) {
      this.updatedAtMillis = millis;
      return this;
    }

    /**
     * The W3C trace context that caused the write; it travels with the item.
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
     * Makes the item.
     *
     * @return the item
     * @throws NullPointerException if no content was given
     */
    public SyncItem build() {
      return new SyncItem(this);
    }
  }
}
