package dev.freefleet.gateway;

import java.io.EOFException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what is wrong with the TLS of the origin: each new fault at once, the same one once a minute. */
final class TlsTrouble {
    private static final Logger log = LoggerFactory.getLogger(TlsTrouble.class);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String host;
    private final LongSupplier nanos;
    private String last = "";
    private long lastNanos;

    TlsTrouble(String host, LongSupplier nanos) {
        this.host = host;
        this.nanos = nanos;
    }

    synchronized void tell(Throwable cause) {
        String now = explain(cause);
        long at = nanos.getAsLong();
        if (!now.equals(last) || at - lastNanos > QUIET_NANOS) {
            last = now;
            lastNanos = at;
            log.warn("no TLS connection to the Brain at {}: {}", host, now);
        }
    }

    /** What a person can do something about. */
    static String explain(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            String message = at.getMessage() == null ? "" : at.getMessage();
            String lower = message.toLowerCase(Locale.ROOT);
            if (at instanceof CertificateExpiredException) {
                return "its certificate has expired (" + message + "); renew it";
            }
            if (at instanceof CertificateNotYetValidException) {
                return "its certificate is not valid yet (" + message + "); check both clocks";
            }
            if (at instanceof CertPathBuilderException) {
                return "its certificate is of an unknown issuer; if it is your own, name the issuer's PEM in origin.ca";
            }
            if (at instanceof CertificateException && lower.contains("no ")) {
                return "its certificate is for another host (" + message
                        + "); use the name that it is for in brain.url";
            }
            if (lower.contains("certificate_required") || lower.contains("bad_certificate")) {
                return "it wants a client certificate and was shown none that it takes; set origin.client-cert and"
                        + " origin.client-key";
            }
            if (lower.contains("not an ssl/tls record")) {
                return "it does not speak TLS on this port; is brain.url meant to begin with http://?";
            }
            if (at instanceof ClosedChannelException || at instanceof EOFException) {
                return "it closed the connection during the handshake";
            }
        }
        return String.valueOf(cause.getMessage());
    }
}
