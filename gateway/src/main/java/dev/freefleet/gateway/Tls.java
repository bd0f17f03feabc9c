package dev.freefleet.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How clients are met with TLS: 1.2 or 1.3, and HTTP/2 where they offer it by ALPN (RFC 9113 section 3.2).
 *
 * @param certificate a PEM file with the server's certificate, then those of its issuers
 * @param key a PEM file with the certificate's private key, PKCS#8 without a password
 * @param handshake from the connection until TLS stands, 100 ms to 10 minutes; the default is 10 s
 * @param maxHandshakes handshakes at once, 1 to 1,000,000; one more ends the one that has taken longest, so that clients
 *     who never finish keep nobody out; the default is 1,000
 * @param look how often the files are looked at for a change, 100 ms to an hour; the default is 5 s
 */
public record Tls(Path certificate, Path key, Duration handshake, int maxHandshakes, Duration look) {
    public Tls {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
        requireRange(handshake, Duration.ofMinutes(10), "handshake");
        if (maxHandshakes < 1 || maxHandshakes > 1_000_000) {
            throw new IllegalArgumentException("maxHandshakes must be 1 to 1000000, but is " + maxHandshakes);
        }
        requireRange(look, Duration.ofHours(1), "look");
    }

    /** The defaults with this certificate and key. */
    public static Tls of(Path certificate, Path key) {
        return new Tls(certificate, key, Duration.ofSeconds(10), 1_000, Duration.ofSeconds(5));
    }

    private static void requireRange(Duration value, Duration max, String name) {
        if (value.compareTo(Duration.ofMillis(100)) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be PT0.1S to " + max + ", but is " + value);
        }
    }
}
