package dev.freefleet.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate with those of its issuers, and its private key, read from PEM files (RFC 7468): what the gateway shows to
 * its clients, or to its origin.
 *
 * @param chain the key's own first
 * @param key belongs to the first of the chain
 */
public record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
    private static final long MAX_FILE = 1 << 20;
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";
    private static final byte[] PROBE = "whose key is it?".getBytes(StandardCharsets.US_ASCII);

    public CertifiedKey {
        chain = List.copyOf(chain);
    }

    /**
     * Both files, which must belong together.
     *
     * @throws GatewayException if one cannot be used; the message names it and says what to do
     */
    public static CertifiedKey read(Path certificate, Path key) {
        return of(certificate, bytes(certificate), key, bytes(key));
    }

    /**
     * A file of certificates alone.
     *
     * @throws GatewayException if it cannot be used; the message names it and says what to do
     */
    public static List<X509Certificate> readChain(Path certificate) {
        return chain(certificate, bytes(certificate));
    }

    static CertifiedKey of(Path certificate, byte[] chainText, Path key, byte[] keyText) {
        List<X509Certificate> chain = chain(certificate, chainText);
        PrivateKey secret = key(key, keyText, chain.getFirst().getPublicKey());
        if (!belong(secret, chain.getFirst().getPublicKey())) {
            boolean other = chain.stream().anyMatch(one -> belong(secret, one.getPublicKey()));
            throw new GatewayException(
                    other
                            ? certificate + " does not begin with the key's own certificate; write it first, its"
                                    + " issuers after it"
                            : key + " is not the key of the first certificate in " + certificate
                                    + "; name the two that were made together");
        }
        return new CertifiedKey(chain, secret);
    }

    static byte[] bytes(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new GatewayException(file + " is a folder; name the PEM file in it");
            }
            if (Files.size(file) > MAX_FILE) {
                throw new GatewayException(file + " is too long to be a PEM file of certificates or a key");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new GatewayException(file + " does not exist; write the path of a PEM file", missing);
        } catch (AccessDeniedException denied) {
            throw new GatewayException(file + " may not be read; let the fleet's user read it", denied);
        } catch (IOException failed) {
            throw new GatewayException(file + " cannot be read (" + failed.getMessage() + ")", failed);
        }
    }

    private static List<X509Certificate> chain(Path file, byte[] text) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text))
                    .forEach(one -> chain.add((X509Certificate) one));
        } catch (CertificateException broken) {
            throw new GatewayException(file + " holds something that is no certificate in PEM", broken);
        }
        if (chain.isEmpty()) {
            throw new GatewayException(file + " holds no certificate; it must be PEM (BEGIN CERTIFICATE), the key's"
                    + " own first, then those of its issuers");
        }
        return chain;
    }

    /** A key of the algorithm that the certificate's key has: PKCS#8 itself tells it, but not in Java's API. */
    private static PrivateKey key(Path file, byte[] text, PublicKey ofCertificate) {
        String pem = new String(text, StandardCharsets.ISO_8859_1);
        int begin = pem.indexOf(KEY_BEGIN);
        int end = pem.indexOf(KEY_END, Math.max(begin, 0));
        if (begin < 0 || end < 0) {
            throw new GatewayException(
                    pem.contains("PRIVATE KEY-----")
                            ? file + " holds a key that is encrypted or not PKCS#8; turn it round with: openssl pkcs8"
                                    + " -topk8 -nocrypt -in OLD -out NEW"
                            : file + " holds no private key; it must be PEM (BEGIN PRIVATE KEY)");
        }
        for (String algorithm : List.of(ofCertificate.getAlgorithm(), "EC", "RSA", "EdDSA")) {
            try {
                byte[] coded = Base64.getMimeDecoder().decode(pem.substring(begin + KEY_BEGIN.length(), end));
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(coded));
            } catch (GeneralSecurityException | IllegalArgumentException other) {
                // a key of another algorithm, or of none
            }
        }
        throw new GatewayException(file + " holds no RSA, EC or Ed25519 key that can be read");
    }

    private static boolean belong(PrivateKey secret, PublicKey shown) {
        String algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(secret);
            signer.update(PROBE);
            byte[] signed = signer.sign();
            signer.initVerify(shown);
            signer.update(PROBE);
            return signer.verify(signed);
        } catch (GeneralSecurityException different) {
            return false;
        }
    }

    /** When the first of the chain's certificates ends. */
    public Instant ends() {
        return chain.stream()
                .map(one -> one.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "CertifiedKey[" + chain.getFirst().getSubjectX500Principal() + " until " + ends() + "]";
    }
}
