// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which server is taken, by a probe that finds what it is told to find. */
class SourceChoiceTest {
  private final FakeProbe probe = new FakeProbe();
  private final SourceChoice<Source> choice = new SourceChoice<>(Product.MYSQL, probe);

  @Test
  void thePlacesAreLookedAtInOrderUntilOneHasAServer() throws UnavailableException {
    probe.has(Place.PATH).has(Place.CONTAINER);

    assertThat(choice.choose(false).origin()).isEqualTo("installed");
    assertThat(probe.asked).containsExactly(Place.OVERRIDE, Place.JAR, Place.PATH);
  }

  @Test
  void aContainerIsTheLastResort() throws UnavailableException {
    probe.has(Place.CONTAINER);

    assertThat(choice.choose(false).origin()).isEqualTo("container");
    assertThat(probe.asked).containsExactly(Place.values());
  }

  @Test
  void aServerThatDoesNotWorkIsPassedOver() throws UnavailableException {
    probe.fails(Place.JAR, new UnavailableException("lacks a library")).has(Place.PATH);

    assertThat(choice.choose(false).origin()).isEqualTo("installed");
  }

  @Test
  void whatIsNamedHasToWork() {
    probe.fails(Place.OVERRIDE, new UnavailableException("not a program")).has(Place.JAR);

    assertThatThrownBy(() -> choice.choose(false))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("[named by system property] not a program");
    assertThat(probe.asked).containsExactly(Place.OVERRIDE);
  }

  @Test
  void aForcedContainerIsTheOnlyPlace() throws UnavailableException {
    probe.has(Place.OVERRIDE).has(Place.JAR).has(Place.PATH).has(Place.CONTAINER);

    assertThat(choice.choose(true).origin()).isEqualTo("container");
    assertThat(probe.asked).containsExactly(Place.CONTAINER);
  }

  @Test
  void aForcedContainerThatCannotBeHadSaysNothingOfOtherPlaces() {
    probe.fails(Place.CONTAINER, new UnavailableException("no Docker")).has(Place.JAR);

    assertThatThrownBy(() -> choice.choose(true))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("no MySQL server that works here. [container] no Docker");
  }

  @Test
  void thePropertyForcesContainersAndTakesNothingElse() {
    assertThat(SourceChoice.forced("testcontainers")).isTrue();
    assertThat(SourceChoice.forced("")).isFalse();
    assertThat(SourceChoice.forced(null)).isFalse();
    assertThatThrownBy(() -> SourceChoice.forced("docker"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sync.servers may be testcontainers, or not set: docker");
  }

  @Test
  void whatWasWrongWithEachPlaceIsSaid() {
    probe
        .fails(Place.JAR, new UnavailableException("lacks a library"))
        .fails(Place.PATH, new IOException("cannot be run"));

    assertThatThrownBy(() -> choice.choose(false))
        .isInstanceOf(UnavailableException.class)
        .hasMessage(
            "no MySQL server that works here. [jar on the class path] lacks a library [installed]"
                + " cannot be run");
  }

  @Test
  void aMissingDockerDoesNotHideWhatElseHelps() {
    probe.fails(Place.CONTAINER, new UnavailableException("no Docker"));

    assertThatThrownBy(() -> choice.choose(false))
        .hasMessageStartingWith("no MySQL server here. Add ")
        .hasMessageEndingWith(" [container] no Docker");
  }

  @Test
  void whoHasNoServerAtAllIsToldWhatHelps() {
    assertThatThrownBy(() -> choice.choose(false))
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("no MySQL server here. Add ")
        .hasMessageContaining("-Dsync.servers.mysql=PATH");
  }

  private static final class FakeProbe implements Probe<Source> {
    final List<Place> asked = new ArrayList<>();
    private final Map<Place, Source> found = new EnumMap<>(Place.class);
    private final Map<Place, Exception> failures = new EnumMap<>(Place.class);

    FakeProbe has(Place place) {
      found.put(place, new Found(place));
      return this;
    }

    FakeProbe fails(Place place, Exception failure) {
      failures.put(place, failure);
      return this;
    }

    @Override
    public Source look(Place place) throws IOException, UnavailableException {
      asked.add(place);
      Exception failure = failures.get(place);
      if (failure instanceof UnavailableException unavailable) {
        throw unavailable;
      }
      if (failure instanceof IOException io) {
        throw io;
      }
      return found.get(place);
    }
  }

  private record Found(Place place) implements Source {
    @Override
    public String origin() {
      return place.toString();
    }

    @Override
    public Launchable create(List<String> options) {
      throw new AssertionError("a choice starts nothing");
    }
  }
}
