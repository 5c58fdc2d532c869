// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.Tier;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each JUnit test a running engine over a ground truth in memory that fails on command, on a
 * clock that the test turns; with a log if wanted. After the test the ground truth is healed and
 * every engine closed, and the test fails if an accepted write got lost by that.
 *
 * <p>Register it in an instance field and ask it for what the test needs:
 *
 * <pre>{@code
 * @RegisterExtension
 * final EngineExtension sync = EngineExtension.inMemory().withLog().build();
 * }</pre>
 *
 * <p>or by {@code @ExtendWith(EngineExtension.class)}, which means {@code inMemory().build()}. A
 * test method may then take {@link SyncEngine}, {@link FaultyTier}, {@link ManualTime} and, with a
 * log, {@link InMemoryLog} as parameters, in both cases.
 *
 * <p>Time stands still until {@link #time()} is advanced: no batch falls due, nothing is polled and
 * no call times out before. A write is carried down when somebody waits for it ({@code PERSISTED},
 * {@code flush()}) or the clock passes {@code batch_flush_ms}. A call that waits for the clock
 * belongs on another thread than the one that turns it: use {@code submitAsync} and {@code
 * getAsync}. Only a start, by {@link #restart}, {@link #crash} or {@link #another}, turns the clock
 * by itself, when the ground truth hangs: to the time-out of the calls that it waits for. Engines
 * have no existence filter, so that each read of an absent id asks the ground truth and meets its
 * faults; {@code configure(c -> c.existenceFilter(true))} gives them one.
 *
 * <p>The methods are for the thread of the running test, {@link #engine()}, {@link #groundTruth()},
 * {@link #time()} and {@link #log()} for any. They throw {@link IllegalStateException} when no test
 * runs, or when the extension is registered for several tests that run at the same time; parameters
 * work then too.
 *
 * @since 0.1
 */
// Concurrency: `running` may be changed by tests that run at the same time; everything of a test is
// in its TestEngines.
public final class EngineExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Map<Class<?>, Function<TestEngines, Object>> PARAMETERS =
      Map.of(
          SyncEngine.class, TestEngines::engine,
          FaultyTier.class, engines -> engines.groundTruth,
          ManualTime.class, engines -> engines.time,
          InMemoryLog.class, engines -> engines.log());

  private final Supplier<? extends Tier> groundTruth;
  private final boolean logged;
  private final Consumer<SyncEngineConfig.Builder> configuration;
  private final Set<TestEngines> running = ConcurrentHashMap.newKeySet();

  /** In memory, without a log; for {@code @ExtendWith}. */
  public EngineExtension() {
    this(inMemory());
  }

  private EngineExtension(Builder builder) {
    this.groundTruth = builder.groundTruth;
    this.logged = builder.logged;
    this.configuration = builder.configuration;
  }

  /**
   * Starts an extension whose tests have a new, empty ground truth in memory each.
   *
   * @return a builder, for one thread
   */
  public static Builder inMemory() {
    return over(InMemoryTier::new);
  }

  /**
   * Starts an extension over another ground truth.
   *
   * @param groundTruth called once for each test; gives a tier that is not open. It is opened
   *     again, as the same object, by each engine of the test
   * @return a builder, for one thread
   */
  public static Builder over(Supplier<? extends Tier> groundTruth) {
    return new Builder(Objects.requireNonNull(groundTruth, "groundTruth"));
  }

  /**
   * The engine of the running test: the one opened before it, or by the latest {@link #restart} or
   * {@link #crash}.
   *
   * @return a running engine, unless the test has closed it
   */
  public SyncEngine engine() {
    return current().engine();
  }

  /**
   * The ground truth of all engines of the running test, to be told to fail, hang and heal. Counts
   * their calls.
   *
   * @return the tier that the engines use
   */
  public FaultyTier groundTruth() {
    return current().groundTruth;
  }

  /**
   * The clock of all engines of the running test.
   *
   * @return a clock that moves only when it is told to
   */
  public ManualTime time() {
    return current().time;
  }

  /**
   * The log of {@link #engine()}.
   *
   * @return the log, the same over restarts and crashes
   * @throws IllegalStateException if the extension was built without {@link Builder#withLog}
   */
  public InMemoryLog log() {
    return current().log();
  }

  /**
   * Closes {@link #engine()}, as a process that ends in order, and opens one again on the same
   * ground truth and log. If the ground truth does not take writes at that moment, what waits stays
   * in the log.
   *
   * @return the new engine, which has nothing in memory but what its log tells
   * @throws AssertionError if accepted writes got lost because the ground truth did not take them
   *     and there is no log
   * @throws io.syncengine.model.TierUnavailableException if the ground truth fails and there is no
   *     log to start on
   */
  public SyncEngine restart() {
    return current().restart();
  }

  /**
   * Ends {@link #engine()} as if its process had been killed, and opens one again on the same
   * ground truth and log: what was acknowledged at MEMORY alone is lost, unless it has gone down
   * already. Calls that hang in the ground truth, of any instance, fail at this moment.
   *
   * @return the new engine
   * @throws io.syncengine.model.TierUnavailableException if the ground truth fails and there is no
   *     log to start on
   */
  public SyncEngine crash() {
    return current().crash();
  }

  /**
   * Opens one more instance on the same ground truth and clock, as another process would; with a
   * log, if the extension has one, of its own.
   *
   * @return a running engine, closed after the test
   */
  public SyncEngine another() {
    return current().another();
  }

  /**
   * Turns the clock in small steps until something holds, and gives the engines' threads time to do
   * what each step has started.
   *
   * @param condition asked again and again on this thread
   * @throws AssertionError if it does not hold within 20 seconds of real time
   */
  public void advanceUntil(BooleanSupplier condition) {
    current().advanceUntil(condition);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    InMemoryLog log = logged ? new InMemoryLog() : null;
    TestEngines engines = new TestEngines(groundTruth.get(), log, configuration);
    running.add(engines);
    store(context).put(TestEngines.class, engines);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestEngines engines = store(context).remove(TestEngines.class, TestEngines.class);
    if (engines != null) {
      running.remove(engines);
      engines.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return PARAMETERS.containsKey(type) && (logged || type != InMemoryLog.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestEngines engines = store(context).get(TestEngines.class, TestEngines.class);
    if (engines == null) {
      throw new IllegalStateException("engines are given to test methods, not to constructors");
    }
    Class<?> type = parameter.getParameter().getType();
    return Objects.requireNonNull(PARAMETERS.get(type), "not a supported type").apply(engines);
  }

  private TestEngines current() {
    TestEngines[] now = running.toArray(new TestEngines[0]);
    if (now.length != 1) {
      throw new IllegalStateException(
          now.length == 0
              ? "no test runs; use the extension in a test, and register it in an instance field"
              : "several tests run; register the extension in an instance field");
    }
    return now[0];
  }

  private ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(ExtensionContext.Namespace.create(EngineExtension.class, this));
  }

  /**
   * Says how a test's engines are made. For one thread.
   *
   * @since 0.1
   */
  public static final class Builder {
    private final Supplier<? extends Tier> groundTruth;
    private boolean logged;
    private Consumer<SyncEngineConfig.Builder> configuration = config -> {};

    private Builder(Supplier<? extends Tier> groundTruth) {
      this.groundTruth = groundTruth;
    }

    /**
     * Gives each instance a write-ahead log in memory, which outlives restarts and crashes.
     *
     * @return this builder
     */
    public Builder withLog() {
      logged = true;
      return this;
    }

    /**
     * Sets options of the engines.
     *
     * @param options called for each engine that is opened; ground truth, log and clock, which the
     *     extension sets itself, are not its to set
     * @return this builder
     */
    public Builder configure(Consumer<SyncEngineConfig.Builder> options) {
      configuration = configuration.andThen(options);
      return this;
    }

    /**
     * Makes the extension.
     *
     * @return the extension, to be registered with JUnit
     */
    public EngineExtension build() {
      return new EngineExtension(this);
    }
  }
}
