// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.VersionMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigOptionsTest {
  private static SyncEngineConfig with(String key, String value) {
    return SyncEngineConfig.fromProperties(Map.of(key, value));
  }

  @ParameterizedTest
  @CsvSource({
    "65536, 65536",
    "64KB, 65536",
    "64 KiB, 65536",
    "64K, 65536",
    "256MB, 268435456",
    "2G, 2147483648",
    "1TB, 1099511627776",
    "70000B, 70000",
  })
  void sizesAreBytesOrPowersOf1024(String text, long bytes) {
    assertThat(with("l1_max_bytes", text).l1MaxBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"100, 100", "100ms, 100", "2s, 2000", "2 s, 2000", "3m, 180000", "1h, 3600000"})
  void timesAreMillisecondsOrHaveAUnit(String text, long millis) {
    assertThat(with("batch_flush_ms", text).batchFlushInterval())
        .isEqualTo(Duration.ofMillis(millis));
    assertThat(with("tombstone_retention_ms", "7d").tombstoneRetention())
        .isEqualTo(Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource({"-1", "64XB", "MB", "1.5MB", "0x10", "''"})
  void otherSizesAreRefused(String text) {
    assertThatThrownBy(() -> with("l1_max_bytes", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("l1_max_bytes is '" + text + "'; allowed: bytes");
  }

  @Test
  void theBuilderChecksLikeTheText() {
    assertThatThrownBy(() -> SyncEngineConfig.builder().l1MaxBytes(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("l1_max_bytes is '-1'");
    assertThatThrownBy(() -> SyncEngineConfig.builder().batchFlushInterval(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> SyncEngineConfig.builder().ackTimeout(Duration.ofSeconds(Long.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SyncEngineConfig.builder().walPath(Path.of("")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theDefaultsAreThoseOfTheDesign() {
    SyncEngineConfig c = SyncEngineConfig.builder().build();
    assertThat(c.l1MaxBytes()).isEqualTo(256L << 20);
    assertThat(c.batchFlushInterval()).isEqualTo(Duration.ofMillis(100));
    assertThat(c.batchFlushCount()).isEqualTo(1000);
    assertThat(c.batchFlushBytes()).isEqualTo(1L << 20);
    assertThat(c.backpressureWarn()).isEqualTo(0.7);
    assertThat(c.backpressureCritical()).isEqualTo(0.9);
    assertThat(c.maxContentBytes()).isEqualTo(16L << 20);
    assertThat(c.ackTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(c.closeTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(c.throttleMaxWait()).isEqualTo(Duration.ofMillis(250));
    assertThat(c.stalenessBound()).isEqualTo(Duration.ofSeconds(1));
    assertThat(c.changePoll()).isEqualTo(Duration.ofMillis(250));
    assertThat(c.tombstoneRetention()).isEqualTo(Duration.ofDays(7));
    assertThat(c.versionMode()).isEqualTo(VersionMode.ENGINE);
    assertThat(c.sqlUrl()).isEmpty();
    assertThat(c.walPath()).isEmpty();
  }

  @Test
  void theEnvironmentIsReadByPrefixAndOtherVariablesAreIgnored() {
    SyncEngineConfig c =
        SyncEngineConfig.fromEnvironment(
            Map.of(
                "SYNC_SQL_URL", "memory:",
                "SYNC_BATCH_FLUSH_COUNT", "7",
                "SYNC_SOMETHING_ELSE", "1",
                "PATH", "/bin"));
    assertThat(c.sqlUrl()).contains("memory:");
    assertThat(c.batchFlushCount()).isEqualTo(7);
    assertThatThrownBy(
            () -> SyncEngineConfig.fromEnvironment(Map.of("SYNC_BATCH_FLUSH_COUNT", "none")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch_flush_count");
  }

  @Test
  void everyOptionHasARowAndItsDefaultIsReadBack() {
    List<SyncEngineConfig.OptionInfo> rows = SyncEngineConfig.options();
    assertThat(rows).extracting(SyncEngineConfig.OptionInfo::key).doesNotHaveDuplicates();
    for (SyncEngineConfig.OptionInfo row : rows) {
      assertThat(row.description()).isNotBlank();
      assertThat(row.allowed()).isNotBlank();
      if (!row.defaultValue().isEmpty()) {
        assertThat(with(row.key(), row.defaultValue()).toString()).contains(row.key() + "=");
      }
    }
  }

  @Test
  void urlsAreSecret() {
    String text = with("sql_url", "memory:user:hunter2@h").toString();
    assertThat(text).contains("sql_url=(hidden)").doesNotContain("hunter2");
    assertThatThrownBy(() -> with("sql_url", "hunter2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void differencesTellHotFromCold() {
    SyncEngineConfig a = SyncEngineConfig.builder().build();
    SyncEngineConfig b = a.toBuilder().batchFlushCount(2).name("b").build();
    assertThat(a.differences(b, true)).containsExactly("batch_flush_count");
    assertThat(a.differences(b, false)).containsExactly("name");
    assertThat(a.differences(a.toBuilder().build(), true)).isEmpty();
    assertThat(a.differences(a.toBuilder().property("memory.x", "1").build(), false))
        .containsExactly("<provider>.*");
  }

  @Test
  void optionsOfProvidersAreKeptByPrefix() {
    SyncEngineConfig c = SyncEngineConfig.fromProperties(Map.of("sqlite.a", "1", "jdbc.b", "2"));
    assertThat(c.providerProperties("sqlite")).isEqualTo(Map.of("a", "1"));
    assertThat(c.providerProperties("other")).isEmpty();
  }
}
