// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The names of a contract's clauses by what became of them. */
final class ClauseResults implements TestExecutionListener {
  final Set<String> passed = new TreeSet<>();
  final Set<String> aborted = new TreeSet<>();
  final Set<String> failed = new TreeSet<>();
  final List<Throwable> failures = new ArrayList<>();

  private ClauseResults() {}

  /** Runs a contract on this thread. */
  static ClauseResults of(Class<?> contract) {
    ClauseResults results = new ClauseResults();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build(),
            results);
    return results;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()) {
      String name = ((MethodSource) test.getSource().orElseThrow()).getMethodName();
      (switch (result.getStatus()) {
            case SUCCESSFUL -> passed;
            case ABORTED -> aborted;
            case FAILED -> failed;
          })
          .add(name);
    }
    if (result.getStatus() == Status.FAILED) {
      failures.add(result.getThrowable().orElseThrow());
    }
  }
}
