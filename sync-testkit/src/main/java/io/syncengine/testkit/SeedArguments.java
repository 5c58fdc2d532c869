// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Reads {@link SeedSource}; for JUnit.
 *
 * @since 0.1
 */
public final class SeedArguments implements ArgumentsProvider {
  /** Makes the provider; for JUnit. */
  public SeedArguments() {}

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    String name =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    int count = context.getRequiredTestMethod().getAnnotation(SeedSource.class).value();
    return Seeds.of(name, count).mapToObj(Arguments::of);
  }
}
