// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.change.HeaderWalk;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.Restore;
import io.syncengine.spi.TombstonePurge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A ground truth that is compared, with its calls counted. For one thread. */
final class Side {
  private static final int CHANGE_ROWS = 256;
  private static final int HEADER_BYTES =
      Long.BYTES + Long.BYTES + Revision.HASH_BYTES + Leaf.BYTES;

  private final String name;
  private final TierPort port;
  private final Work work;
  private final BiConsumer<ApplyResult, List<Entry>> committed;
  private final BitSet written = new BitSet(IdHash.BUCKETS);

  /**
   * What an id's load gave.
   *
   * @param found what was found and can be read
   * @param damaged what was found and cannot
   */
  record Loaded(Map<String, Entry> found, Set<String> damaged) {}

  /**
   * Makes a side.
   *
   * @param name what it is called in reports
   * @param committed is told of each batch that was written here
   */
  Side(String name, TierPort port, Work work, BiConsumer<ApplyResult, List<Entry>> committed) {
    this.name = name;
    this.port = port;
    this.work = work;
    this.committed = committed;
  }

  String name() {
    return name;
  }

  TierPort port() {
    return port;
  }

  boolean keepsDigests() {
    return port.has(Digests.class);
  }

  boolean restores() {
    return port.has(Restore.class);
  }

  DigestPage digests(int level, List<Integer> nodes) {
    DigestPage page = port.read(Digests.class, "digests", d -> d.digests(level, nodes));
    work.request(nodes.size(), (long) nodes.size() * Leaf.BYTES);
    return page;
  }

  HeaderPage buckets(List<Integer> buckets) {
    HeaderPage page = port.read(Digests.class, "buckets", d -> d.buckets(buckets));
    count(page.headers(), page.headers().size());
    return page;
  }

  /** The digests of all buckets. */
  DigestPage bucketDigests() {
    return digests(Digests.LEVELS, IntStream.range(0, IdHash.BUCKETS).boxed().toList());
  }

  /** Puts digests in the place of the kept ones; returns whether it did. */
  boolean replaceDigests(long sequence, byte[] buckets) {
    work.request(0, 0);
    return port.use(Digests.class, "replace", d -> d.replaceDigests(sequence, buckets));
  }

  /** A walk over the headers of a range, to be read by {@link #next}. */
  HeaderWalk walk(IdRange range) {
    return new HeaderWalk(port, port.databaseId(), range);
  }

  /** The next page of a walk; null after the last. */
  @Nullable List<Header> next(HeaderWalk walk) {
    List<Header> page = walk.next();
    if (page != null) {
      count(page, 0);
    }
    return page;
  }

  /** Counts headers that were read; as digests, if a comparison of digests led to them. */
  private void count(List<Header> headers, long digests) {
    long bytes = 0;
    for (Header header : headers) {
      bytes += HEADER_BYTES + header.id().length();
    }
    work.request(digests, bytes);
    work.looked(headers.size());
  }

  /** The newest change row. */
  long head() {
    work.request(0, 0);
    return port.retried(() -> port.poll(1, 0)).head();
  }

  ChangePage changes(long from) {
    work.request(0, 0);
    return port.retried(() -> port.poll(from, CHANGE_ROWS));
  }

  long horizonMillis() {
    return port.has(TombstonePurge.class)
        ? port.read(TombstonePurge.class, "horizon", TombstonePurge::horizonMillis)
        : 0;
  }

  /** Reads ids; one that cannot be read does not keep the others from it. */
  Loaded load(List<String> ids) {
    Map<String, Entry> found = new HashMap<>();
    Set<String> damaged = new HashSet<>();
    work.request(0, 0);
    try {
      found.putAll(port.load(ids).found());
    } catch (CorruptDataException e) {
      if (ids.size() == 1) {
        damaged.addAll(ids);
      } else {
        for (String id : ids) {
          Loaded one = load(List.of(id));
          found.putAll(one.found);
          damaged.addAll(one.damaged);
        }
      }
    }
    return new Loaded(found, damaged);
  }

  /** Writes a batch as any other writer would. */
  ApplyResult apply(List<Entry> batch) {
    return told(port.apply(batch), batch);
  }

  /** Writes rows also over themselves. */
  ApplyResult restore(List<Entry> batch) {
    return told(port.restore(batch), batch);
  }

  /** The buckets into which something was written. */
  BitSet written() {
    return written;
  }

  private ApplyResult told(ApplyResult result, List<Entry> batch) {
    work.request(0, 0);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      if (result.outcomes().get(i).kind() == Kind.APPLIED) {
        entries.add(batch.get(i));
        written.set(IdHash.bucket(IdHash.of(batch.get(i).id())));
      }
    }
    committed.accept(result, entries);
    return result;
  }
}
