package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.store.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** "The Brain's snapshot stream stops half way, answers 500, or answers 200 with an error page": no snapshot is recorded. */
class HttpSnapshotTest {
    private HttpServer brain;
    private HttpClient client;
    private Repository repository;

    private interface Handler {
        void handle(HttpExchange x) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        brain = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        brain.start();
        client = HttpClient.newHttpClient();
        repository = Fixture.init(new MemoryStore(Clock.systemUTC()));
        repository.backup(Fixture.stream(Fixture.random(1, 1000)), List.of(), Progress.NONE);
    }

    @AfterEach
    void stop() {
        brain.stop(0);
        client.close();
        repository.close();
    }

    private StoredSnapshot backup(Handler handler) {
        brain.createContext("/admin/snapshot", x -> {
            try (x) {
                handler.handle(x);
            }
        });
        URI uri = URI.create("http://127.0.0.1:" + brain.getAddress().getPort() + "/admin/snapshot?token=hidden");
        Source.Stream s =
                HttpSnapshot.request(client, "brain", uri, Map.of("X-API-Key", "topsecret"), Duration.ofSeconds(10));
        return repository.backup(s, List.of(), Progress.NONE).stored();
    }

    private void refused(Handler handler, String why) {
        assertThatThrownBy(() -> backup(handler))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_FAILED))
                .hasMessageContaining(why)
                .hasMessageNotContaining("topsecret")
                .hasMessageNotContaining("hidden");
        assertThat(repository.list()).as("the previous one stands").hasSize(1);
    }

    private static void answer(HttpExchange x, int status, String type, byte[] body, long length) throws IOException {
        x.getResponseHeaders().set("Content-Type", type);
        x.sendResponseHeaders(status, length);
        x.getResponseBody().write(body);
        x.getResponseBody().flush();
    }

    private static byte[] tar() {
        byte[] header = new byte[512];
        byte[] name = "f".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, header, 0, 1);
        System.arraycopy("00000000000\0".getBytes(StandardCharsets.US_ASCII), 0, header, 124, 12);
        header[156] = '0';
        int sum = 8 * ' ';
        for (byte b : header) {
            sum += b;
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
        return java.util.Arrays.copyOf(header, 10_240);
    }

    @Test
    void aWholeSnapshotIsRecorded() throws IOException {
        byte[] tar = tar();
        String digest = Base64.getEncoder().encodeToString(ChunkId.sha256().digest(tar));
        StoredSnapshot s = backup(x -> {
            assertThat(x.getRequestHeaders().getFirst("X-API-Key")).isEqualTo("topsecret");
            x.getResponseHeaders().set("Repr-Digest", "sha-512=:AA==:, sha-256=:" + digest + ":");
            answer(x, 200, "application/x-tar; charset=binary", tar, 0);
        });
        assertThat(s.snapshot().kind()).isEqualTo(Snapshot.Kind.TAR);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.archive(s.snapshot(), out, Progress.NONE);
        assertThat(out.toByteArray()).isEqualTo(tar);
    }

    @Test
    void a500RecordsNothing() {
        refused(x -> answer(x, 500, "application/x-tar", tar(), 0), "status 500");
    }

    @Test
    void a200WithAnErrorPageRecordsNothing() {
        byte[] page = "<html>sorry</html>".getBytes(StandardCharsets.US_ASCII);
        refused(x -> answer(x, 200, "text/html", page, page.length), "text/html");
    }

    @Test
    void anErrorPageThatCallsItselfATarRecordsNothing() {
        byte[] page = "<html>sorry</html>".getBytes(StandardCharsets.US_ASCII);
        refused(x -> answer(x, 200, "application/x-tar", page, page.length), "not a tar");
    }

    @Test
    void aStreamThatStopsHalfWayRecordsNothing() {
        refused(x -> answer(x, 200, "application/octet-stream", new byte[5000], 1_000_000), "broke off");
    }

    @Test
    void aTarThatEndsTooEarlyWithoutALengthRecordsNothing() {
        byte[] half = java.util.Arrays.copyOf(tar(), 512);
        refused(x -> answer(x, 200, "application/x-tar", half, 0), "cut short");
    }

    @Test
    void anotherDigestRecordsNothing() {
        refused(
                x -> {
                    x.getResponseHeaders()
                            .set(
                                    "Content-Digest",
                                    "sha-256=:" + Base64.getEncoder().encodeToString(new byte[32]) + ":");
                    answer(x, 200, "application/octet-stream", new byte[5000], 5000);
                },
                "SHA-256");
    }

    @Test
    void aBrainThatIsDownRecordsNothing() {
        brain.stop(0);
        refused(x -> answer(x, 200, "application/x-tar", tar(), 0), "does not answer");
    }
}
