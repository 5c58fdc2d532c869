// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.ProviderResolutionException;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierProvider;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProvidersTest {
  private record Named(String name, Set<String> schemes, int order) implements TierProvider {
    @Override
    public Tier create() {
      throw new UnsupportedOperationException();
    }
  }

  private static final TierProvider FIRST = new Named("first", Set.of("one", "both"), 10);
  private static final TierProvider SECOND = new Named("second", Set.of("two", "both"), 5);
  private static final List<TierProvider> ALL = List.of(FIRST, SECOND);

  @Test
  void theNameDecides() {
    assertThat(Providers.forUrl(ALL, "two:x", Optional.of("first"))).isSameAs(FIRST);
    assertThat(Providers.choose(TierProvider.class, ALL, Optional.of("second"), "add it"))
        .containsSame(SECOND);
  }

  @Test
  void elseTheScheme() {
    assertThat(Providers.forUrl(ALL, "one:x", Optional.empty())).isSameAs(FIRST);
    assertThat(Providers.forUrl(ALL, "two:x", Optional.empty())).isSameAs(SECOND);
  }

  @Test
  void elseTheLowestOrder() {
    assertThat(Providers.forUrl(ALL, "both:x", Optional.empty())).isSameAs(SECOND);
  }

  @Test
  void theOnlyOneIsTaken() {
    assertThat(Providers.choose(TierProvider.class, List.of(FIRST), Optional.empty(), ""))
        .containsSame(FIRST);
  }

  @Test
  void noneIsAnErrorThatNamesTheArtifact() {
    assertThat(Providers.choose(TierProvider.class, List.of(), Optional.empty(), "")).isEmpty();
    assertThatThrownBy(() -> Providers.forUrl(List.of(), "sqlite:x", Optional.empty()))
        .isInstanceOf(ProviderResolutionException.class)
        .hasMessageContaining("io.syncengine:sync-l3-jdbc");
    assertThatThrownBy(() -> Providers.forUrl(ALL, "redis://x", Optional.empty()))
        .isInstanceOf(ProviderResolutionException.class)
        .hasMessageContaining("io.syncengine:sync-l2-redis")
        .hasMessageContaining("[both, one, two]");
  }

  @Test
  void anUnknownNameIsAnErrorThatListsTheKnown() {
    assertThatThrownBy(() -> Providers.forUrl(ALL, "one:x", Optional.of("third")))
        .isInstanceOf(ProviderResolutionException.class)
        .hasMessageContaining("third")
        .hasMessageContaining("[first, second]");
  }

  @Test
  void aBrokenProviderDoesNotEndDiscovery() {
    ClassLoader loader =
        new ClassLoader(ProvidersTest.class.getClassLoader()) {
          @Override
          public java.util.Enumeration<java.net.URL> getResources(String name)
              throws java.io.IOException {
            if (!name.equals("META-INF/services/" + TierProvider.class.getName())) {
              return super.getResources(name);
            }
            java.nio.file.Path file = java.nio.file.Files.createTempFile("providers", ".txt");
            file.toFile().deleteOnExit();
            java.nio.file.Files.writeString(
                file, "no.such.Provider\n" + Broken.class.getName() + "\n" + Sound.class.getName());
            return java.util.Collections.enumeration(List.of(file.toUri().toURL()));
          }
        };
    List<TierProvider> found =
        Providers.all(TierProvider.class, ServiceLoader.load(TierProvider.class, loader));
    assertThat(found).extracting(TierProvider::name).contains("sound").doesNotContain("broken");
  }

  /** Cannot be made. */
  public static final class Broken extends Base {
    public Broken() {
      super("broken");
      throw new IllegalStateException("a broken provider");
    }
  }

  /** Can be made. */
  public static final class Sound extends Base {
    public Sound() {
      super("sound");
    }
  }

  private abstract static class Base implements TierProvider {
    private final String name;

    Base(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Set<String> schemes() {
      return Set.of(name);
    }

    @Override
    public Tier create() {
      throw new UnsupportedOperationException();
    }
  }
}
