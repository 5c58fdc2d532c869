// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.ExistenceFilter;
import io.syncengine.spi.ExistenceFilterProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;

/** Filters that each break the contract in one way. */
enum BrokenFilters {
  /** A set: the second copy is not kept. */
  NO_MULTISET(
      f ->
          new Altered(f) {
            @Override
            public boolean add(long hash) {
              return mightContain(hash) || super.add(hash);
            }
          }),
  /** Forgets an id now and then. */
  FORGETFUL(
      f ->
          new Altered(f) {
            @Override
            public boolean mightContain(long hash) {
              return hash % 1_000 != 0 && super.mightContain(hash);
            }
          }),
  /** Says yes to whatever it is asked. */
  ALWAYS_PERHAPS(
      f ->
          new Altered(f) {
            @Override
            public boolean mightContain(long hash) {
              return true;
            }
          }),
  /** Promises less than it does. */
  BOASTFUL(
      f ->
          new Altered(f) {
            @Override
            public double falsePositiveRate() {
              return super.falsePositiveRate() / 3;
            }
          }),
  /** Throws out another id when it is full. */
  KICKS_OUT_WHEN_FULL(
      f ->
          new Altered(f) {
            private long last;

            @Override
            public boolean add(long hash) {
              boolean added = super.add(hash);
              if (added) {
                last = hash;
              } else {
                super.remove(last);
              }
              return added;
            }
          }),
  /** Has less room than it says. */
  SMALLER_THAN_IT_SAYS(
      f ->
          new Altered(f) {
            @Override
            public boolean add(long hash) {
              return count() < capacity() - 1 && super.add(hash);
            }
          }),
  /** Counts no removals. */
  MISCOUNTS(
      f ->
          new Altered(f) {
            private long removed;

            @Override
            public boolean remove(long hash) {
              boolean was = super.remove(hash);
              removed += was ? 1 : 0;
              return was;
            }

            @Override
            public long count() {
              return super.count() + removed;
            }
          }),
  /** Takes anything for a size. */
  UNCHECKED_SIZE(f -> f) {
    @Override
    public ExistenceFilter create(long expected) {
      return super.create(Math.max(0, expected));
    }
  },
  /** Is gone for a moment while others are added. */
  UNGUARDED(
      f ->
          new Altered(f) {
            private volatile boolean moving;

            @Override
            public boolean add(long hash) {
              moving = true;
              try {
                return super.add(hash);
              } finally {
                moving = false;
              }
            }

            @Override
            public boolean mightContain(long hash) {
              return !moving && super.mightContain(hash);
            }
          }),
  /** Reads what is behind it too. */
  READS_ON(f -> f) {
    @Override
    public ExistenceFilter read(InputStream in) throws IOException {
      return super.read(new ByteArrayInputStream(in.readAllBytes()));
    }
  },
  /** Takes what it cannot read for an empty filter. */
  TAKES_DAMAGE_FOR_EMPTY(f -> f) {
    @Override
    public ExistenceFilter read(InputStream in) {
      try {
        return super.read(in);
      } catch (IOException e) {
        return create(0);
      }
    }
  };

  private final UnaryOperator<ExistenceFilter> altered;

  BrokenFilters(UnaryOperator<ExistenceFilter> altered) {
    this.altered = altered;
  }

  ExistenceFilter create(long expected) {
    return altered.apply(CuckooFilterContractTest.found().create(expected));
  }

  ExistenceFilter read(InputStream in) throws IOException {
    return altered.apply(CuckooFilterContractTest.found().read(in));
  }

  /** Makes the broken filters. */
  ExistenceFilterProvider provider() {
    BrokenFilters broken = this;
    return new ExistenceFilterProvider() {
      @Override
      public String name() {
        return "broken";
      }

      @Override
      public ExistenceFilter create(long expected) {
        return broken.create(expected);
      }

      @Override
      public ExistenceFilter read(InputStream in) throws IOException {
        return broken.read(in);
      }
    };
  }

  /** Hands everything on. */
  private static class Altered implements ExistenceFilter {
    private final ExistenceFilter filter;

    Altered(ExistenceFilter filter) {
      this.filter = filter;
    }

    @Override
    public boolean mightContain(long hash) {
      return filter.mightContain(hash);
    }

    @Override
    public boolean add(long hash) {
      return filter.add(hash);
    }

    @Override
    public boolean remove(long hash) {
      return filter.remove(hash);
    }

    @Override
    public long count() {
      return filter.count();
    }

    @Override
    public long capacity() {
      return filter.capacity();
    }

    @Override
    public long bytes() {
      return filter.bytes();
    }

    @Override
    public double falsePositiveRate() {
      return filter.falsePositiveRate();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      filter.writeTo(out);
    }
  }
}
