// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.ExistenceFilterProvider;
import java.util.ServiceLoader;

/** The core's filter, as an engine finds it. */
class CuckooFilterContractTest extends ExistenceFilterContract {
  @Override
  protected ExistenceFilterProvider provider() {
    return found();
  }

  static ExistenceFilterProvider found() {
    return ServiceLoader.load(ExistenceFilterProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(p -> p.name().equals("cuckoo"))
        .findFirst()
        .orElseThrow();
  }
}
