package dev.freefleet.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that new connections are shown. A thread of its own looks whether its files have changed: by their
 * content, for renewal tools swap links whose times tell nothing. Files that cannot be used leave the old one in place.
 * Thread-safe.
 */
final class Certificates implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);
    private static final Duration SOON = Duration.ofDays(14);

    private enum Age {
        GOOD,
        ENDS_SOON,
        EXPIRED
    }

    private record Shown(SslContext context, Instant ends) {}

    private final Tls tls;
    private final LongSupplier millis;
    private final Handshakes handshakes;
    private final Thread watcher;
    private byte[] chainText;
    private byte[] keyText;
    private @Nullable String complaint;
    private Age told = Age.GOOD;
    private volatile Shown shown;

    /** @throws GatewayException if the files cannot be used */
    Certificates(Tls tls, LongSupplier millis, MeterRegistry registry) {
        this.tls = tls;
        this.millis = millis;
        this.handshakes = new Handshakes(tls.maxHandshakes(), registry);
        this.chainText = CertifiedKey.bytes(tls.certificate());
        this.keyText = CertifiedKey.bytes(tls.key());
        this.shown = show(chainText, keyText);
        tellAge();
        Gauge.builder("gateway.tls.certificate.remaining", this, Certificates::remainingSeconds)
                .description("Time until the certificate ends; below zero once it has")
                .baseUnit("seconds")
                .register(registry);
        this.watcher = Thread.ofVirtual().name("gateway-certificate").start(this::watch);
    }

    /** What a connection that begins now is met with. */
    SslContext context() {
        return shown.context();
    }

    /** Those under way with any of its certificates. */
    Handshakes handshakes() {
        return handshakes;
    }

    private double remainingSeconds() {
        return (shown.ends().toEpochMilli() - millis.getAsLong()) / 1e3;
    }

    private Shown show(byte[] chain, byte[] key) {
        CertifiedKey certificate = CertifiedKey.of(tls.certificate(), chain, tls.key(), key);
        try {
            SslContext context = SslContextBuilder.forServer(certificate.key(), certificate.chain())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    // RFC 9113 section 9.2.2 forbids the others to HTTP/2.
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
            return new Shown(context, certificate.ends());
        } catch (SSLException unfit) {
            throw new GatewayException(
                    "the certificate in " + tls.certificate() + " cannot be used: " + unfit.getMessage(), unfit);
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(tls.look());
                look();
                tellAge();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            byte[] chain = CertifiedKey.bytes(tls.certificate());
            byte[] key = CertifiedKey.bytes(tls.key());
            if (Arrays.equals(chain, chainText) && Arrays.equals(key, keyText)) {
                complaint = null;
                return;
            }
            shown = show(chain, key);
            chainText = chain;
            keyText = key;
            complaint = null;
            log.info(
                    "new connections get the certificate that {} holds now, until {}", tls.certificate(), shown.ends());
        } catch (GatewayException bad) {
            String said = String.valueOf(bad.getMessage());
            if (!said.equals(complaint)) { // once, not at every look
                complaint = said;
                log.warn("the certificate's files have changed, and the old certificate stays: {}", said);
            }
        }
    }

    private void tellAge() {
        Instant now = Instant.ofEpochMilli(millis.getAsLong());
        Instant ends = shown.ends();
        Age age = !now.isBefore(ends) ? Age.EXPIRED : now.isBefore(ends.minus(SOON)) ? Age.GOOD : Age.ENDS_SOON;
        if (age == told) {
            return;
        }
        told = age;
        switch (age) {
            case GOOD -> {}
            case ENDS_SOON ->
                log.warn("the certificate in {} ends at {}; renew it before that", tls.certificate(), ends);
            case EXPIRED ->
                log.warn("the certificate in {} ended at {}: clients refuse it; renew it", tls.certificate(), ends);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
