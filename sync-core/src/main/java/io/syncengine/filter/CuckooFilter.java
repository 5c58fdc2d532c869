// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import io.syncengine.spi.ExistenceFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A cuckoo filter: Fan, Andersen, Kaminsky, Mitzenmacher, "Cuckoo Filter: Practically Better Than
 * Bloom", CoNEXT 2014. Each id leaves a fingerprint of 16 bits in one of two buckets of four; where
 * both are full, others are moved to their other bucket. The same hash finds room eight times, as
 * many as two buckets hold; then {@link #add} returns false, however empty the rest is.
 *
 * <p>Concurrency: one writer, readers without a lock. A bucket is one word, written in release and
 * read in acquire mode, so a reader sees whole buckets, and an id that was added before (in the
 * sense of happens-before) unless it is being moved. A move writes the copy first and then what
 * takes its former place; a reader could still look at the new place too early and at the old one
 * too late. Hence {@code moves}, which is odd while something is moved: who has found nothing
 * believes it only if the number was even before and is the same after. That is enough: a reader
 * who has read a word of a move, or one written later, has by that acquire also what was written
 * before it, the odd number; and who has read an even number has every word of the moves before it.
 * So between two equal even numbers a reader has seen no move in part. Adding without a move
 * changes one word and needs no number; removing neither, unless both buckets hold the fingerprint:
 * what was added to one of them and removed from the other has moved, for whoever looked too early
 * and too late.
 */
final class CuckooFilter implements ExistenceFilter {
  /** The largest count of buckets: even, and one array of words. */
  static final int MOST_BUCKETS = Integer.MAX_VALUE - 9;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  /** So often a reader looks again, before it says "perhaps"; a move takes some ten stores. */
  private static final int TRIES = 100;

  private static final double FULL = 0.9;

  private final long[] words;
  private final CuckooPath path;
  private volatile long count; // the writer's
  private volatile long moves; // the writer's; odd while fingerprints are moved

  /**
   * An empty one.
   *
   * @param buckets even, 2 to {@link #MOST_BUCKETS}
   */
  CuckooFilter(int buckets) {
    this(new long[buckets], 0);
  }

  /** One that was filled before. */
  CuckooFilter(long[] words, long count) {
    this.words = words;
    this.count = count;
    this.path = new CuckooPath(words.length);
  }

  @Override
  public boolean mightContain(long hash) {
    int fingerprint = Fingerprints.of(hash);
    int one = Fingerprints.bucket(hash, words.length);
    int two = Fingerprints.other(one, fingerprint, words.length);
    for (int i = 0; i < TRIES; i++) {
      long before = moves;
      if (Fingerprints.in(word(one), fingerprint) || Fingerprints.in(word(two), fingerprint)) {
        return true;
      }
      if ((before & 1) == 0 && moves == before) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  @Override
  public boolean add(long hash) {
    int fingerprint = Fingerprints.of(hash);
    int one = Fingerprints.bucket(hash, words.length);
    int two = Fingerprints.other(one, fingerprint, words.length);
    boolean added =
        replaced(one, 0, fingerprint)
            || replaced(two, 0, fingerprint)
            || addByMoving(one, two, fingerprint);
    counted(added ? 1 : 0);
    return added;
  }

  @Override
  public boolean remove(long hash) {
    int fingerprint = Fingerprints.of(hash);
    int one = Fingerprints.bucket(hash, words.length);
    int two = Fingerprints.other(one, fingerprint, words.length);
    boolean twice =
        Fingerprints.in(word(one), fingerprint) && Fingerprints.in(word(two), fingerprint);
    long before = moves;
    if (twice) {
      moves = before + 1;
    }
    boolean removed = replaced(one, fingerprint, 0) || replaced(two, fingerprint, 0);
    if (twice) {
      moves = before + 2;
    }
    counted(removed ? -1 : 0);
    return removed;
  }

  /** Puts one fingerprint in the place of another, where 0 is an empty slot. */
  private boolean replaced(int bucket, int old, int fingerprint) {
    long word = word(bucket);
    if (!Fingerprints.in(word, old)) {
      return false;
    }
    put(bucket, Fingerprints.with(word, Fingerprints.slot(word, old), fingerprint));
    return true;
  }

  private boolean addByMoving(int one, int two, int fingerprint) {
    int at = path.find(one, two, this::word);
    if (at < 0) {
      return false;
    }
    long before = moves;
    moves = before + 1;
    int free = Fingerprints.slot(word(path.bucket(at)), 0);
    for (int from = path.parent(at); from >= 0; from = path.parent(at)) {
      int slot = path.slotInParent(at);
      int moved = Fingerprints.get(word(path.bucket(from)), slot);
      fill(path.bucket(at), free, moved);
      free = slot;
      at = from;
    }
    fill(path.bucket(at), free, fingerprint);
    moves = before + 2;
    return true;
  }

  private void counted(int change) {
    long before = count;
    count = before + change;
  }

  private void fill(int bucket, int slot, int fingerprint) {
    put(bucket, Fingerprints.with(word(bucket), slot, fingerprint));
  }

  private long word(int bucket) {
    return (long) WORD.getAcquire(words, bucket);
  }

  private void put(int bucket, long word) {
    WORD.setRelease(words, bucket, word);
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long capacity() {
    return (long) (slots() * FULL);
  }

  @Override
  public long bytes() {
    return 8L * words.length + CuckooPath.bytes();
  }

  @Override
  public double falsePositiveRate() {
    // Each taken slot of the two buckets is another fingerprint's with the same probability.
    double looked = 2.0 * Fingerprints.SLOTS * count / slots();
    return 1 - Math.pow(1 - 1.0 / Fingerprints.DIFFERENT, looked);
  }

  private long slots() {
    return (long) Fingerprints.SLOTS * words.length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    FilterFormat.write(words, count, out);
  }
}
