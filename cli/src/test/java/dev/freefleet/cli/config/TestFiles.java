package dev.freefleet.cli.config;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that settings name. */
public final class TestFiles {
    private TestFiles() {}

    /** A certificate and its key: {@code NAME.pem} and {@code NAME.key}. */
    public static void ownCertificate(Path folder, String name) throws Exception {
        X509Bundle made = new CertificateBuilder()
                .subject("CN=" + name)
                .ecp256()
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(folder.resolve(name + ".pem"), made.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), made.getPrivateKeyPEM());
    }
}
