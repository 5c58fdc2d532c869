// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;

/** The certificates that a user trusts, from a file, as a key store that both clients read. */
final class TrustedCertificates {
  /** The provider's option: the path of a file of certificates in PEM. */
  static final String KEY = "trust";

  /** What kind of key store it is. */
  static final String TYPE = "PKCS12";

  private static final String PASSWORD = "no secret: certificates are public";

  private final byte[] store;

  private TrustedCertificates(byte[] store) {
    this.store = store;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it cannot be read or holds no certificate
   */
  static TrustedCertificates read(String path) {
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "redis." + KEY + ": there is no certificate in the file; PEM is wanted");
      }
      return new TrustedCertificates(store(found));
    } catch (IOException | GeneralSecurityException | InvalidPathException e) {
      throw new IllegalArgumentException(
          "redis." + KEY + ": no certificates can be read from the file", e);
    }
  }

  private static byte[] store(Collection<? extends Certificate> certificates)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(TYPE);
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("trusted-" + number++, certificate);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, password());
    return out.toByteArray();
  }

  /** The key store's bytes. */
  InputStream open() {
    return new ByteArrayInputStream(store);
  }

  /** The key store's password. */
  static char[] password() {
    return PASSWORD.toCharArray();
  }
}
