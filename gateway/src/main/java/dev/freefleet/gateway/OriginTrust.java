package dev.freefleet.gateway;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway and its origin prove to each other who they are.
 *
 * @param ca PEM file with the certificates that the origin's must come from, or null: those that the system trusts
 * @param clientCert PEM file with the certificate that the gateway shows (its issuers after it), or null for none
 * @param clientKey PEM file (PKCS #8, without a password) with its key; both or none
 * @param secretHeader the name of the field that holds {@code secret}; the default is {@code x-fleet-secret}. A client's
 *     own field of that name never reaches the origin
 * @param secret what tells the origin that a request came by the gateway, visible ASCII, or null for none
 */
public record OriginTrust(
        @Nullable Path ca,
        @Nullable Path clientCert,
        @Nullable Path clientKey,
        String secretHeader,
        @Nullable String secret) {
    /** The name of the secret's field where no other is told. */
    public static final String SECRET_HEADER = "x-fleet-secret";

    public OriginTrust {
        if (secretHeader.isEmpty() || !secretHeader.equals(secretHeader.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("secretHeader must be a field's name in lower case");
        }
        if (secret != null && (secret.isEmpty() || secret.chars().anyMatch(c -> c <= ' ' || c >= 127))) {
            throw new IllegalArgumentException("secret must be visible ASCII characters without spaces");
        }
        if ((clientCert == null) != (clientKey == null)) {
            throw new IllegalArgumentException("a client certificate and its key go together; one of them is missing");
        }
    }

    /** The system's trust, no certificate of one's own, no secret. */
    public static OriginTrust ofSystem() {
        return new OriginTrust(null, null, null, SECRET_HEADER, null);
    }

    /**
     * Reads the files.
     *
     * @throws GatewayException if one cannot be read, or if certificate and key do not belong together; the message
     *     names the file
     */
    public void check() {
        context();
    }

    SslContext context() {
        SslContextBuilder builder =
                SslContextBuilder.forClient().sslProvider(SslProvider.JDK).endpointIdentificationAlgorithm("HTTPS");
        if (ca != null) {
            builder.trustManager(CertifiedKey.readChain(ca));
        }
        if (clientCert != null && clientKey != null) {
            CertifiedKey own = CertifiedKey.read(clientCert, clientKey);
            builder.keyManager(own.key(), own.chain());
        }
        try {
            return builder.build();
        } catch (SSLException failed) {
            throw new GatewayException("TLS to the origin cannot be set up: " + failed.getMessage(), failed);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "OriginTrust[ca=" + ca + ", clientCert=" + clientCert + ", secretHeader=" + secretHeader + "]";
    }
}
