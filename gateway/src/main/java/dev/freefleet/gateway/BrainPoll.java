package dev.freefleet.gateway;

import dev.freefleet.edge.Edge;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.OriginRequest;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the Brain every few seconds how it is, and tells the edge when its index has another version. */
final class BrainPoll {
    private static final Logger log = LoggerFactory.getLogger(BrainPoll.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 64 * 1024;
    private static final byte[] NO_CONTENT = new byte[0];

    private final GatewayConfig.Poll config;
    private final OriginClient origin;
    private final Edge edge;
    private final Health health;
    private final Loop loop;

    BrainPoll(GatewayConfig.Poll config, OriginClient origin, Edge edge, Health health, Loop loop) {
        this.config = config;
        this.origin = origin;
        this.edge = edge;
        this.health = health;
        this.loop = loop;
    }

    void start() {
        if (!config.every().isZero()) {
            loop.executor.execute(this::ask);
        }
    }

    private void ask() {
        OriginRequest request = new OriginRequest(
                "GET",
                config.path(),
                Fields.of("accept", "application/json"),
                NO_CONTENT,
                false,
                0,
                PATIENCE.toMillis());
        origin.call(loop, request, false, 0, true, new Answer()).startAtOnce();
    }

    private void done(BrainHealth now) {
        BrainHealth before = health.brain(now);
        if (!now.status().equals(before.status())) {
            log.info("the Brain is {}", now.status());
        }
        if (!now.lastUpdate().isEmpty() && !now.lastUpdate().equals(before.lastUpdate())) {
            log.info("the Brain's index is of {}", now.lastUpdate());
            edge.indexVersion(now.lastUpdate());
        }
        var _ = loop.executor.schedule(this::ask, config.every().toMillis(), TimeUnit.MILLISECONDS);
    }

    private final class Answer implements OriginCall.Listener {
        private final long startNanos = loop.nanos();
        private final Collected content = new Collected(-1);
        private int status;

        @Override
        public void answered(int answered, Fields fields, long length) {
            status = answered;
        }

        @Override
        public void originContent(ByteBuf part) {
            if (content.size() + part.readableBytes() <= MAX_BYTES) {
                content.add(part);
            }
            part.release();
        }

        @Override
        public void ended(boolean proven) {
            done(BrainHealth.of(status, content.bytes(), (loop.nanos() - startNanos) / 1_000_000));
        }

        @Override
        public void failed(Event.Failure failure) {
            done(BrainHealth.down(health.brain()));
        }

        @Override
        public void broken() {
            done(BrainHealth.down(health.brain()));
        }

        @Override
        public void uploadWritableAgain() {}

        @Override
        public void originReadComplete() {}
    }
}
