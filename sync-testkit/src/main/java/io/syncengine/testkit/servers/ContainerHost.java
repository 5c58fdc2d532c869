// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A server in a container, which Testcontainers removes when this JVM is gone. */
// The port on this machine is ours to choose, since one that Docker chooses is another after each
// start. Nothing else than this class and its callers' lambdas touches Testcontainers.
final class ContainerHost implements Host {
  private final ReservedPort port = new ReservedPort();
  private final GenericContainer<?> container;
  private boolean created;
  private boolean paused;

  /**
   * What runs in a container.
   *
   * @param image as Docker Hub names it
   * @param port inside
   * @param files contents by their paths inside
   */
  record Content(
      String image,
      int port,
      Map<String, String> environment,
      Map<String, String> files,
      List<String> command) {}

  /** Nothing runs yet. */
  ContainerHost(Content content) throws IOException {
    container = new GenericContainer<>(DockerImageName.parse(content.image()));
    container.setExposedPorts(List.of(content.port()));
    container.setPortBindings(List.of("127.0.0.1:" + port.number() + ":" + content.port()));
    container.withEnv(content.environment());
    content
        .files()
        .forEach((path, text) -> container.withCopyToContainer(Transferable.of(text), path));
    container.withCommand(content.command().toArray(String[]::new));
    container.waitingFor(new NoWait());
  }

  /** Where ports of containers can be reached; null without a Docker. */
  static @Nullable String dockerHostName() {
    DockerClientFactory factory = DockerClientFactory.instance();
    return factory.isDockerAvailable() ? factory.dockerHostIpAddress() : null;
  }

  @Override
  public void start() throws IOException {
    paused = false;
    if (created) {
      docker(client -> client.startContainerCmd(container.getContainerId()).exec());
    } else {
      docker(client -> container.start());
      created = true;
    }
  }

  @Override
  public boolean isRunning() {
    return created
        && Boolean.TRUE.equals(
            container
                .getDockerClient()
                .inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getRunning());
  }

  // Docker does not kill what is paused.
  @Override
  public void kill() throws IOException {
    if (!isRunning()) {
      return;
    }
    if (paused) {
      resume();
    }
    docker(client -> client.killContainerCmd(container.getContainerId()).exec());
  }

  @Override
  public void pause() throws IOException {
    docker(client -> client.pauseContainerCmd(container.getContainerId()).exec());
    paused = true;
  }

  @Override
  public void resume() throws IOException {
    docker(client -> client.unpauseContainerCmd(container.getContainerId()).exec());
    paused = false;
  }

  @Override
  public int port() {
    return port.number();
  }

  @Override
  public String log() {
    return created ? container.getLogs() : "";
  }

  @Override
  public void close() throws IOException {
    docker(client -> container.stop());
    port.close();
  }

  private void docker(Use use) throws IOException {
    try {
      use.of(container.getDockerClient());
    } catch (DockerException | IllegalStateException e) {
      throw new IOException("Docker does not do it", e);
    }
  }

  private interface Use {
    void of(DockerClient client);
  }

  /** Whoever starts a server asks it itself whether it is ready. */
  private static final class NoWait extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }
}
