// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key for TLS and a certificate that signs itself, for 127.0.0.1 and localhost.
 *
 * @param certificate in PEM
 * @param key in PEM
 * @param trust trusts that certificate and no other
 */
record ServerKeys(String certificate, String key, SSLContext trust) {
  private static final String ALIAS = "server";

  /** Makes new ones, by the JDK's keytool, since the JDK's API can sign no certificate. */
  static ServerKeys create(Cache cache) throws IOException {
    Path folder = cache.scratch("keys");
    try {
      Path store = folder.resolve("store.p12");
      String password = Accounts.newPassword();
      // Not on a command line, which all users of the machine can read.
      Path secret = Files.writeString(folder.resolve("password"), password);
      Shell.Result result =
          Shell.run(
              Duration.ofMinutes(1),
              null,
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  ALIAS,
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "san=ip:127.0.0.1,dns:localhost",
                  "-ext",
                  "bc=ca:true",
                  "-validity",
                  "30",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  store.toString(),
                  "-storepass:file",
                  secret.toString()));
      if (!result.ok()) {
        throw new IOException("keytool made no key: " + result.output());
      }
      return read(store, password.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IOException("the new key cannot be used", e);
    } finally {
      Folders.delete(folder);
    }
  }

  private static ServerKeys read(Path file, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    Key key = store.getKey(ALIAS, password);
    Certificate certificate = store.getCertificate(ALIAS);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return new ServerKeys(
        pem("CERTIFICATE", certificate.getEncoded()),
        pem("PRIVATE KEY", key.getEncoded()),
        context);
  }

  private static String pem(String what, byte[] bytes) {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }

  /** Without the key. */
  @Override
  public String toString() {
    return certificate;
  }
}
