package dev.freefleet.cli.datadir;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate that the fleet makes for itself, for development: for localhost, the loopback addresses and the host on
 * which the gateway listens. It is kept, so that a client that trusts it goes on doing so, and made anew where it does not
 * name the host or ends within a month.
 */
public final class SelfSigned {
    private static final Duration VALID = Duration.ofDays(365);
    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);
    private static final Duration CLOCK_SKEW = Duration.ofDays(1);

    private SelfSigned() {}

    /** Where its file is in this data directory. */
    public static Path certificate(Path data) {
        return data.resolve("tls").resolve("cert.pem");
    }

    /** Where its key's file is. */
    public static Path key(Path data) {
        return data.resolve("tls").resolve("key.pem");
    }

    /**
     * Makes it where it is missing or of no more use.
     *
     * @throws DataDirectoryException if it cannot be written
     */
    public static void require(DataDirectory directory, String host, Clock clock) {
        Path data = directory.path();
        Set<String> names = names(host);
        try {
            if (isUsable(data, names, clock.instant())) {
                return;
            }
            PrivateFiles.makeFolder(data.resolve("tls"));
            write(data, names, clock.instant());
        } catch (IOException e) {
            throw DataDirectory.unusable(data, e);
        } catch (GeneralSecurityException | OperatorException e) {
            throw new IllegalStateException("every Java can make a P-256 certificate", e);
        }
    }

    private static Set<String> names(String host) {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
        if (!host.equals("0.0.0.0") && !host.equals("::")) {
            names.add(host);
        }
        return names;
    }

    private static boolean isUsable(Path data, Set<String> names, Instant now) throws IOException {
        if (!Files.exists(certificate(data)) || !Files.exists(key(data))) {
            return false;
        }
        try (var in = Files.newInputStream(certificate(data))) {
            X509Certificate kept =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            Collection<List<?>> named = kept.getSubjectAlternativeNames();
            return named != null
                    && named.stream()
                            .map(name -> String.valueOf(name.get(1)))
                            .collect(Collectors.toSet())
                            .containsAll(shown(names))
                    && now.plus(RENEWED_BEFORE).isBefore(kept.getNotAfter().toInstant());
        } catch (GeneralSecurityException damaged) {
            return false;
        }
    }

    /** The names as a certificate shows them: addresses of IPv6 in their long form. */
    private static Set<String> shown(Set<String> names) throws IOException {
        Set<String> shown = new LinkedHashSet<>();
        for (String name : names) {
            shown.add(isAddress(name) ? InetAddress.getByName(name).getHostAddress() : name);
        }
        return shown;
    }

    private static boolean isAddress(String name) {
        return name.contains(":") || name.chars().allMatch(c -> c == '.' || Character.isDigit(c));
    }

    private static void write(Path data, Set<String> names, Instant now)
            throws IOException, GeneralSecurityException, OperatorException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=SOLO Free Fleet (self-signed)");
        GeneralName[] alternatives = names.stream()
                .map(one -> new GeneralName(isAddress(one) ? GeneralName.iPAddress : GeneralName.dNSName, one))
                .toArray(GeneralName[]::new);
        byte[] certificate = new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(127, new SecureRandom()).add(BigInteger.ONE),
                        Date.from(now.minus(CLOCK_SKEW)),
                        Date.from(now.plus(VALID)),
                        name,
                        keys.getPublic())
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        PrivateFiles.write(key(data), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        PrivateFiles.write(certificate(data), pem("CERTIFICATE", certificate));
    }

    private static String pem(String type, byte[] coded) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(coded);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }
}
