// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.model.DurabilityException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Tier;
import io.syncengine.spi.WriteAheadLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Stands between one engine and its stores, so that a test can let its process die: after {@link
 * #cut} nothing that the engine still does reaches them. A call is through before the cut or not
 * made.
 */
final class Fence {
  /** Calls that may not fail. */
  private static final Set<String> GAUGES = Set.of("bytes", "diskUse", "memoryBytes");

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean cut;

  /** The same tier, as long as the fence stands open. */
  Tier tier(Tier inside) {
    return wrap(Tier.class, inside);
  }

  /** The same log, as long as the fence stands open. */
  WriteAheadLog log(WriteAheadLog inside) {
    return wrap(WriteAheadLog.class, inside);
  }

  /** The process dies. */
  void cut() {
    lock.writeLock().lock();
    try {
      cut = true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private <T> T wrap(Class<T> role, Object inside) {
    return role.cast(
        Proxy.newProxyInstance(
            role.getClassLoader(),
            new Class<?>[] {role},
            (proxy, method, arguments) -> call(role, inside, method, arguments)));
  }

  private Object call(Class<?> role, Object inside, Method method, Object[] arguments)
      throws Throwable {
    if (method.getName().equals("capability")) {
      Class<?> wanted = (Class<?>) arguments[0];
      return ((Optional<?>) invoke(inside, method, arguments)).map(c -> wrap(wanted, c));
    }
    lock.readLock().lock();
    try {
      if (!cut || GAUGES.contains(method.getName())) {
        return invoke(inside, method, arguments);
      }
    } finally {
      lock.readLock().unlock();
    }
    if (method.getName().equals("close")) {
      return null;
    }
    throw role.getName().contains("Log") && !role.getName().contains("Change")
        ? new DurabilityException("the process has died", null)
        : new TierUnavailableException("L3", method.getName(), "the process has died", null);
  }

  private static Object invoke(Object inside, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(inside, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
