package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.DataException;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private port: health and metrics for machines of this network, and the operator's JSON API behind a token.
 * Thread-safe.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_REQUESTS = 64;
    private static final int MAX_HEAD_BYTES = 16 << 10;
    private static final int MAX_LINE_BYTES = 8 << 10;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);

    private final WebServer server;
    private final String host;

    /**
     * Where it listens, and who may use it.
     *
     * @param host an address of this machine, or its name; loopback is the default of the fleet
     * @param port 0 to 65,535; 0: any free one
     * @param token what the API's callers must show, 32 characters or more
     * @param nanoTime the clock that wrong tokens are limited by; {@code System::nanoTime}
     */
    public record Config(String host, int port, String token, LongSupplier nanoTime) {
        public Config {
            requireNonNull(host, "host");
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535, but is " + port);
            }
            if (token.length() < 32) {
                throw new IllegalArgumentException("token must have 32 characters or more");
            }
            requireNonNull(nanoTime, "nanoTime");
        }

        /** Without the token. */
        @Override
        public String toString() {
            return "Config[" + host + ":" + port + "]";
        }
    }

    /**
     * Opens the port.
     *
     * @param metrics a scrape in the text format of Prometheus
     * @param more calls of what the fleet has besides
     * @throws AdminException if the port cannot be opened
     */
    public static AdminServer start(
            Config config,
            Accounts accounts,
            Supplier<FleetStatus> status,
            Supplier<String> metrics,
            AnswerCache cache,
            CallGroup... more) {
        HttpRouting.Builder routing = HttpRouting.builder();
        Gatekeeper gatekeeper = new Gatekeeper(config.host(), config.token(), config.nanoTime());
        routing.addFilter(gatekeeper::checkHost)
                .addFilter(gatekeeper::checkToken)
                .error(Problem.class, (request, response, e) -> Json.sendProblem(response, e.status(), e.detail()))
                .error(DataException.class, AdminServer::sendDataProblem)
                .error(
                        AdminException.class,
                        (request, response, e) -> Json.sendProblem(
                                response, Status.INTERNAL_SERVER_ERROR_500, String.valueOf(e.getMessage())))
                .error(Throwable.class, AdminServer::sendFault);
        List<Call> calls = new ArrayList<>();
        calls.addAll(new HealthApi(status, metrics).calls());
        calls.addAll(new UsersApi(accounts, cache).calls());
        calls.addAll(new KeysApi(accounts).calls());
        calls.addAll(new SecretsApi(accounts).calls());
        calls.addAll(new AuditApi(accounts).calls());
        calls.addAll(new CacheApi(cache, accounts).calls());
        for (CallGroup group : more) {
            calls.addAll(group.calls());
        }
        calls.add(Call.get("/openapi.json", "openApi", "This description.")
                .open()
                .answers(200, "OpenApi")
                .by((request, response) -> Json.send(
                        response, Status.OK_200, OpenApi.of(calls, status.get().version()))));
        calls.forEach(call -> call.route(routing));
        refuseOtherMethods(calls, routing);
        routing.any((request, response) ->
                Json.sendProblem(response, Status.NOT_FOUND_404, "Nothing is there; docs/admin-api.md tells what is."));
        return open(config, routing);
    }

    /** Behind all calls: what reaches this has a path of theirs and none of its methods (RFC 9110, 15.5.6). */
    private static void refuseOtherMethods(List<Call> calls, HttpRouting.Builder routing) {
        Map<String, SortedSet<String>> methods = new LinkedHashMap<>();
        calls.forEach(call ->
                methods.computeIfAbsent(call.path(), path -> new TreeSet<>()).add(call.method()));
        methods.forEach((path, allowed) -> {
            String list = String.join(", ", allowed);
            routing.any(path, (request, response) -> {
                response.header(HeaderNames.ALLOW, list);
                Json.sendProblem(
                        response,
                        Status.METHOD_NOT_ALLOWED_405,
                        "What is there takes " + list + " and no other method; docs/admin-api.md tells more.");
            });
        });
    }

    private static AdminServer open(Config config, HttpRouting.Builder routing) {
        WebServer server = WebServer.builder()
                .host(config.host())
                .port(config.port())
                .routing(routing)
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(MAX_HEAD_BYTES)
                        .maxPrologueLength(MAX_LINE_BYTES)
                        .build())
                .contentEncoding(ContentEncodingContext.builder()
                        .contentEncodingsDiscoverServices(false)
                        .build())
                .directHandlers(refusals())
                .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
                .idleConnectionTimeout(IDLE_TIMEOUT)
                .maxTcpConnections(MAX_CONNECTIONS)
                .maxConcurrentRequests(MAX_REQUESTS)
                .maxPayloadSize(KeyImports.MAX_BYTES * 2L)
                .shutdownHook(false)
                .shutdownGracePeriod(Duration.ofSeconds(1))
                .build()
                .start();
        // Helidon logs why it could not start, and does not throw.
        if (!server.isRunning()) {
            throw new AdminException(
                    "The admin port " + config.host() + ":" + config.port()
                            + " cannot be opened: it is taken or not allowed; stop what uses it or choose another with --admin-port.");
        }
        return new AdminServer(server, config.host());
    }

    /** What the server refuses before any of this sees it (broken HTTP, heads too long) looks like every other error. */
    private static DirectHandlers refusals() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, (request, type, status, headers, message) -> {
                DirectHandler.TransportResponse.Builder refusal = DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, Json.PROBLEM)
                        .keepAlive(false)
                        .entity(Json.bytes(
                                Json.problem(status, "The request cannot be taken: it is broken or too large.")));
                Gatekeeper.ON_EVERY_ANSWER.forEach(refusal::header);
                return refusal.build();
            });
        }
        return handlers.build();
    }

    private AdminServer(WebServer server, String host) {
        this.server = server;
        this.host = host;
    }

    /** Where it is. */
    public URI url() {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port());
    }

    /** Answers what is under way, for a second at the most, and closes the port. */
    @Override
    public void close() {
        server.stop();
    }

    private static void sendDataProblem(ServerRequest request, ServerResponse response, DataException e) {
        Status status = switch (e.kind()) {
            case INVALID -> Status.BAD_REQUEST_400;
            case CONFLICT -> Status.CONFLICT_409;
            case NOT_FOUND -> Status.NOT_FOUND_404;
            case UNAVAILABLE, UNUSABLE -> Status.SERVICE_UNAVAILABLE_503;
        };
        Json.sendProblem(response, status, String.valueOf(e.getMessage()));
    }

    private static void sendFault(ServerRequest request, ServerResponse response, Throwable e) {
        LOG.error(
                "{} {} failed",
                request.prologue().method(),
                request.prologue().uriPath().path(),
                e);
        Json.sendProblem(response, Status.INTERNAL_SERVER_ERROR_500, "The fleet failed at this; its log tells more.");
    }
}
