// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What README.md says of servers to try the engine on agrees with the compose file. */
class ComposeFileTest {
  private static final Path COMPOSE = Path.of("examples", "compose", "docker-compose.yml");

  /** The block of README.md that has a word. */
  private static String block(String word) {
    return new Document(Path.of("README.md"))
        .blocks.stream()
            .filter(block -> block.source().equals(ComposeFileTest.class.getSimpleName()))
            .map(CodeBlock::text)
            .filter(text -> text.contains(word))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no block of README.md has " + word));
  }

  private static List<String> all(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(MatchResult::group).toList();
  }

  private static String one(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .reduce((a, b) -> a + " and " + b)
        .orElseThrow(() -> new AssertionError("nothing is like " + pattern));
  }

  @Test
  void everyPortIsOnLoopback() {
    String compose = Project.read(COMPOSE);
    assertThat(all(compose, "\"[0-9.:]*\\d+:\\d+\""))
        .hasSameSizeAs(all(compose, "\\bports:"))
        .isNotEmpty()
        .allMatch(port -> port.startsWith("\"127.0.0.1:"));
  }

  @Test
  void theUrlsLeadToTheServers() {
    String compose = Project.read(COMPOSE);
    String block = block("docker compose");
    URI redis = URI.create(one(block, "SYNC_REDIS_URL=(\\S+)"));
    URI sql = URI.create(one(block, "SYNC_SQL_URL=(\\S+)"));
    for (URI url : List.of(redis, sql)) {
      assertThat(compose).contains("\"" + url.getHost() + ":" + url.getPort() + ":");
    }
    assertThat(redis.getUserInfo()).isNull();
    assertThat(sql.getUserInfo())
        .isEqualTo(
            one(compose, "MYSQL_USER: (\\w+)") + ":" + one(compose, "MYSQL_PASSWORD: (\\w+)"));
    assertThat(sql.getPath()).isEqualTo("/" + one(compose, "MYSQL_DATABASE: (\\w+)"));
  }

  @Test
  void theFilesOfTheCommandsExist() {
    String block = block("docker compose");
    assertThat(Path.of(one(block, "-f (\\S+)"))).isEqualTo(COMPOSE);
    assertThat(Project.ROOT.resolve(one(block, "ingest (\\S+)"))).isRegularFile();
  }

  @Test
  void debiansServersAreSetUpAlike() {
    String compose = Project.read(COMPOSE);
    String debian = block("apt-get");
    assertThat(one(debian, "maxmemory (\\w+)")).isEqualTo(one(compose, "--maxmemory (\\w+)"));
    assertThat(one(debian, "maxmemory-policy (\\S+)"))
        .isEqualTo(one(compose, "--maxmemory-policy (\\S+)"));
    assertThat(one(debian, "DATABASE (\\w+)")).isEqualTo(one(compose, "MYSQL_DATABASE: (\\w+)"));
    assertThat(one(debian, "ON (\\w+)\\.")).isEqualTo(one(compose, "MYSQL_DATABASE: (\\w+)"));
    assertThat(one(debian, "TO (\\w+)@")).isEqualTo(one(compose, "MYSQL_USER: (\\w+)"));
    assertThat(one(debian, "BY '(\\w+)'")).isEqualTo(one(compose, "MYSQL_PASSWORD: (\\w+)"));
  }
}
