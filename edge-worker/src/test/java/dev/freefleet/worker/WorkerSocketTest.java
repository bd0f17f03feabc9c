package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.OriginExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** WebSockets through the Worker. */
class WorkerSocketTest {
    /** Agrees, and answers one short text with the same. */
    private static void echo(OriginExchange exchange) throws IOException {
        exchange.end();
        exchange.raw("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                + accept(String.valueOf(exchange.head().field("sec-websocket-key"))) + "\r\n\r\n");
        byte[] head = exchange.in().readNBytes(6);
        byte[] text = exchange.in().readNBytes(head[1] & 0x7f);
        byte[] frame = new byte[2 + text.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) text.length;
        for (int i = 0; i < text.length; i++) {
            frame[2 + i] = (byte) (text[i] ^ head[2 + i % 4]);
        }
        exchange.out().write(frame);
        exchange.out().flush();
        exchange.waitForEnd();
    }

    /** RFC 6455 section 4.2.2. */
    private static String accept(String key) {
        try {
            byte[] sha1 = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(sha1);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void aWebSocketPassesWhereTheRouteAllowsIt() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(WorkerSocketTest::echo);
                HttpClient http = HttpClient.newHttpClient()) {
            CompletableFuture<String> heard = new CompletableFuture<>();
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(
                            URI.create(edge.url().toString().replace("http:", "ws:") + "/live/1"),
                            new WebSocket.Listener() {
                                @Override
                                public @Nullable CompletionStage<?> onText(
                                        WebSocket socket, CharSequence data, boolean last) {
                                    heard.complete(data.toString());
                                    return null;
                                }
                            })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
            socket.abort();
        }
    }
}
