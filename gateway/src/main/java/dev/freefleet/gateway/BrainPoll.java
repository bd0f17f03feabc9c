package dev.freefleet.gateway;

import dev.freefleet.edge.Edge;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.OriginRequest;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the Brain every few seconds how it is, and tells the edge when its index has another version. */
final class BrainPoll {
    private static final Logger log = LoggerFactory.getLogger(BrainPoll.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration MIN_PATIENCE = Duration.ofSeconds(1);
    private static final long WAKING_MILLIS = 500;
    private static final int MAX_BYTES = 64 * 1024;
    private static final byte[] NO_CONTENT = new byte[0];

    private final GatewayConfig.Poll config;
    private final OriginClient origin;
    private final Edge edge;
    private final Health health;
    private final Loop loop;
    private boolean asking;
    private @Nullable ScheduledFuture<?> next;

    BrainPoll(GatewayConfig.Poll config, OriginClient origin, Edge edge, Health health, Loop loop) {
        this.config = config;
        this.origin = origin;
        this.edge = edge;
        this.health = health;
        this.loop = loop;
    }

    void start() {
        WaitingRoom room = origin.room();
        if (room != null) {
            room.watchedBy(() -> loop.executor.execute(this::askSoon));
        }
        if (!config.every().isZero()) {
            loop.executor.execute(this::ask);
        }
    }

    /** The Brain is being woken: the next question comes now, and others quickly after it. */
    private void askSoon() {
        if (!asking) {
            if (next != null) {
                next.cancel(false);
            }
            ask();
        }
    }

    private void ask() {
        asking = true;
        OriginRequest request = new OriginRequest(
                "GET", config.path(), Fields.of("accept", "application/json"), NO_CONTENT, false, 0, patienceMillis());
        new OriginCall(origin, loop, OriginAsk.of(request), new Answer()).startAtOnce();
    }

    private long patienceMillis() {
        long often = config.every().toMillis() * 10;
        return often == 0 ? PATIENCE.toMillis() : Math.clamp(often, MIN_PATIENCE.toMillis(), PATIENCE.toMillis());
    }

    /** {@code counts}: whether it says something about the Brain that the guard should know. */
    private void done(BrainHealth now, boolean counts) {
        BrainHealth before = health.brain(now);
        if (!now.status().equals(before.status())) {
            log.info("the Brain is {}", now.status());
        }
        if (!now.lastUpdate().isEmpty() && !now.lastUpdate().equals(before.lastUpdate())) {
            log.info("the Brain's index is of {}", now.lastUpdate());
            edge.indexVersion(now.lastUpdate());
        }
        boolean there = !now.status().equals("down");
        if (counts) {
            origin.guard().checked(there);
        }
        WaitingRoom room = origin.room();
        boolean waking = room != null && room.isWaking();
        if (room != null && waking && there) {
            origin.guard().awake();
            room.awake();
            waking = false;
        }
        asking = false;
        long millis = waking ? WAKING_MILLIS : config.every().toMillis();
        next = millis == 0 ? null : loop.executor.schedule(this::ask, millis, TimeUnit.MILLISECONDS);
    }

    private final class Answer implements OriginListener {
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
        public void ended(Ending ending) {
            done(BrainHealth.of(status, content.bytes(), (loop.nanos() - startNanos) / 1_000_000), true);
        }

        @Override
        public void failed(Event.OriginFailed failed) {
            // One machine that works on questions may be late to say how it is; were it stuck, they would fail too.
            boolean busy =
                    failed.failure() == Event.Failure.TIMEOUT && origin.gate().running() > 0;
            done(BrainHealth.down(health.brain()), !busy);
        }

        @Override
        public void broken() {
            done(BrainHealth.down(health.brain()), true);
        }

        @Override
        public void uploadWritableAgain() {}

        @Override
        public void originReadComplete() {}
    }
}
