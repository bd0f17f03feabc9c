package dev.freefleet.brain;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request to an answer: route, method, key, room, call; and every failure in the contract's form. Thread-safe. */
final class BrainHandler implements Handler {

    static final String JSON = "application/json";
    static final HeaderName INDEX_VERSION = HeaderNames.create("X-Index-Version");
    private static final HeaderName ACCEPT_QUERY = HeaderNames.create("Accept-Query");

    private static final System.Logger LOG = System.getLogger(BrainHandler.class.getName());
    private static final int MAX_SNAPSHOTS = 2;

    private final Api api;
    private final Keys keys;
    private final RequestReader requests;
    private final Supplier<Health> health;
    private final Supplier<Snapshot> snapshots;
    private final BrainMetrics metrics;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Semaphore answering;
    private final Semaphore snapshotting = new Semaphore(MAX_SNAPSHOTS);
    private final ObjectMapper mapper = new ObjectMapper();

    BrainHandler(
            BrainConfig config,
            Api api,
            Supplier<Health> health,
            Supplier<Snapshot> snapshots,
            BrainMetrics metrics,
            Clock clock,
            LongSupplier nanoTime) {
        this.api = api;
        this.keys = new Keys(config);
        this.requests = new RequestReader(config.bodyBytes());
        this.health = health;
        this.snapshots = snapshots;
        this.metrics = metrics;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.answering = new Semaphore(config.concurrentRequests());
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Failure(
            boolean success, String error, @Nullable String details, String timestamp) {}

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        long start = nanoTime.getAsLong();
        String method = request.prologue().method().text();
        Call call = Call.ofPath(request.prologue().uriPath().rawPath());
        try {
            answer(call, method, request, response);
        } catch (ApiError e) {
            refuse(e, method, response);
        } catch (BrainException e) {
            LOG.log(System.Logger.Level.ERROR, "A request failed", e);
            refuse(new ApiError(503, "The Brain cannot answer now.", e.getMessage(), Map.of()), method, response);
        } catch (RuntimeException | IOException e) {
            failed(e, method, response);
        } finally {
            Duration took = Duration.ofNanos(nanoTime.getAsLong() - start);
            metrics.answered(call, method, response.status().code(), took);
        }
    }

    private void answer(@Nullable Call call, String method, ServerRequest request, ServerResponse response)
            throws IOException {
        if (call == null) {
            throw new ApiError(404, "There is no such path.", "docs/brain.md lists the calls.", Map.of());
        }
        if (method.equals("OPTIONS")) {
            options(call, response);
            return;
        }
        if (!call.allows(method)) {
            throw new ApiError(
                    405,
                    "The method is not allowed here.",
                    "Use one of " + call.methods() + ".",
                    Map.of("Allow", call.methods()));
        }
        keys.check(call.auth(), request);
        switch (call) {
            case HEALTH -> health(method, response);
            case METRICS ->
                send(
                        method,
                        response,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.scrape().getBytes(StandardCharsets.UTF_8));
            case SNAPSHOT -> withRoom(snapshotting, () -> snapshot(response));
            case QUERY, SMART, ENTITIES, INSIGHTS, WISDOM ->
                withRoom(answering, () -> {
                    Api.Reply reply = reply(call, method, request);
                    response.header(INDEX_VERSION, reply.lastUpdate().toString());
                    send(method, response, JSON, mapper.writeValueAsBytes(reply.value()));
                });
        }
    }

    private Api.Reply reply(Call call, String method, ServerRequest request) throws IOException {
        if (method.equals("GET") || method.equals("HEAD")) {
            return requests.query(request, api);
        }
        JsonBody body = requests.body(request);
        return switch (call) {
            case QUERY -> api.query(body);
            case SMART -> api.smart(body);
            case ENTITIES -> api.entities(body);
            case INSIGHTS -> api.insights(body);
            case WISDOM -> api.wisdom(body);
            case HEALTH, METRICS, SNAPSHOT -> throw new IllegalStateException(call + " has no content");
        };
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void withRoom(Semaphore room, Work work) throws IOException {
        if (!room.tryAcquire()) {
            throw new ApiError(503, "The Brain is busy.", "Try again in a second.", Map.of("Retry-After", "1"));
        }
        try {
            work.run();
        } finally {
            room.release();
        }
    }

    private static void options(Call call, ServerResponse response) {
        response.header(HeaderNames.ALLOW, call.methods());
        if (call == Call.QUERY) {
            response.header(ACCEPT_QUERY, "\"" + JSON + "\""); // RFC 10008: a list of media ranges
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    private void health(String method, ServerResponse response) throws IOException {
        Health now = health.get();
        if (now.status().equals("down")) {
            response.status(Status.SERVICE_UNAVAILABLE_503);
        }
        send(method, response, JSON, mapper.writeValueAsBytes(now));
    }

    private void snapshot(ServerResponse response) throws IOException {
        try (Snapshot snapshot = snapshots.get()) {
            response.header(INDEX_VERSION, snapshot.lastUpdate().toString());
            response.header(HeaderNames.CONTENT_TYPE, "application/x-tar");
            response.header(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"brain-snapshot.tar\"");
            if (snapshot.length() >= 0) { // with it a client sees that an answer was cut short
                response.contentLength(snapshot.length());
            }
            try (OutputStream out = response.outputStream()) {
                snapshot.writeTo(out);
            }
        }
    }

    private static void send(String method, ServerResponse response, String type, byte[] content) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        if (method.equals("HEAD")) {
            response.contentLength(content.length);
            response.send();
        } else {
            response.send(content);
        }
    }

    private void refuse(ApiError error, String method, ServerResponse response) {
        response.status(Status.create(error.status()));
        error.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        send(method, response, JSON, failure(error.error(), error.details()));
    }

    private void failed(Exception e, String method, ServerResponse response) {
        if (response.isSent() || response.bytesWritten() > 0) {
            // Half of an answer is out: only a broken connection tells the client so.
            throw new IllegalStateException("The answer could not be sent whole", e);
        }
        LOG.log(System.Logger.Level.ERROR, "A request failed", e);
        refuse(new ApiError(500, "The Brain failed to answer.", "Its log says why.", Map.of()), method, response);
    }

    /** An error in the contract's form. */
    byte[] failure(String error, @Nullable String details) {
        try {
            return mapper.writeValueAsBytes(
                    new Failure(false, error, details, clock.instant().toString()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a failure is a plain record", e);
        }
    }
}
