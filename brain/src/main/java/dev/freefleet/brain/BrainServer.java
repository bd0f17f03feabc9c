package dev.freefleet.brain;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.time.Duration;

/** The socket of the Brain's API: HTTP/1.1 on virtual threads, every limit set. */
final class BrainServer implements AutoCloseable {

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final int MAX_CONNECTIONS = 512;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final WebServer server;

    private BrainServer(WebServer server) {
        this.server = server;
    }

    static BrainServer start(String host, int port, BrainHandler handler) {
        DirectHandlers.Builder refusals = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            refusals.addHandler(event, (request, type, status, headers, message) -> refusal(handler, status, headers));
        }
        WebServer server = WebServer.builder()
                .host(host)
                .port(port)
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .maxTcpConnections(MAX_CONNECTIONS)
                .shutdownGracePeriod(DRAIN)
                .idleConnectionTimeout(IDLE_TIMEOUT)
                .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
                .contentEncoding(ContentEncodingContext.builder()
                        .contentEncodingsDiscoverServices(false)
                        .build())
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(MAX_HEADER_BYTES)
                        .maxPrologueLength(MAX_LINE_BYTES)
                        .continueImmediately(false)
                        .build())
                .directHandlers(refusals.build())
                .routing(HttpRouting.builder().any(handler))
                .build();
        RuntimeException failure = null;
        try {
            server.start();
        } catch (RuntimeException e) {
            failure = e;
        }
        if (failure != null || !server.isRunning()) { // a port that is taken is only logged by the server
            server.stop();
            throw new BrainException(
                    "The Brain cannot listen on " + host + ":" + port
                            + ". Is the port taken? Name another one, or 0 for any.",
                    failure);
        }
        return new BrainServer(server);
    }

    int port() {
        return server.port();
    }

    /** What the server itself refuses (bad request lines, headers, encodings) looks like every other error. */
    private static DirectHandler.TransportResponse refusal(
            BrainHandler handler, Status status, ServerResponseHeaders headers) {
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, BrainHandler.JSON)
                .keepAlive(false)
                .entity(handler.failure(status.reasonPhrase() + ".", "The request is not valid HTTP."))
                .build();
    }

    @Override
    public void close() {
        server.stop();
    }
}
