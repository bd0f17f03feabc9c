package dev.freefleet.brain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.UnaryOperator;

/** A real Brain on a loopback port with a folder of documents, and a client for it. */
final class BrainFixture implements AutoCloseable {

    static final String ADMIN_KEY = "an-admin-key-for-tests";
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final ObjectMapper JSON = new ObjectMapper();

    final Path documents;
    final Path directory;
    final Brain brain;
    final URI base;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    BrainFixture(Path temporary, UnaryOperator<BrainConfig> settings) throws IOException {
        documents = Files.createDirectories(temporary.resolve("documents"));
        directory = temporary.resolve("brain");
        BrainConfig config = BrainConfig.in(directory).withAdminKey(ADMIN_KEY);
        brain = Brain.open(settings.apply(config), Clock.fixed(NOW, ZoneOffset.UTC));
        InetSocketAddress address = brain.serve("127.0.0.1", 0);
        base = URI.create("http://127.0.0.1:" + address.getPort());
    }

    static BrainFixture in(Path temporary) throws IOException {
        return new BrainFixture(temporary, config -> config);
    }

    /** A small manual with known answers. */
    BrainFixture withManual() {
        write("guide/install.md", """
                ---
                title: Installing the kettle
                date: 2026-11-01
                ---
                # Installing the kettle

                Unpack the kettle, fill it with water and put it on its base. See [care](care.md).

                ## Power supply

                The kettle needs 230 volts. Plug it into an earthed socket and press the red switch. The lamp lights up
                when the kettle has power. It draws 2200 W, so that it must not share an extension lead with a heater.
                """);
        write("guide/care.md", """
                # Caring for the kettle

                Limescale forms in hard water. Remove it once a month: fill the kettle with vinegar and water, let it
                stand for an hour, boil it once, and rinse it three times. Never use steel wool.
                """);
        write("warranty.html", """
                <html><head><title>Warranty</title><meta name="date" content="2020-02-03"></head><body>
                <nav>Home Shop Contact</nav>
                <main><h1>Warranty</h1><p>The maker repairs the kettle for free within two years of the purchase.
                Keep the receipt. Damage from limescale is not covered, see <a href="guide/care.md">care</a>.</p></main>
                <script>track()</script></body></html>
                """);
        write("notes.txt", """
                Tea
                ===

                Green tea wants water of eighty degrees and two minutes. Black tea wants boiling water and four minutes.
                """);
        ingest();
        return this;
    }

    Path write(String name, String text) {
        try {
            Path file = documents.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    IngestReport ingest() {
        return brain.ingest(List.of(documents), IngestListener.SILENT);
    }

    HttpResponse<String> post(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return send(request, BodyHandlers.ofString());
    }

    <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
        try {
            return client.send(request.build(), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer without the time that it took, which differs from one to the next. */
    static JsonNode timeless(HttpResponse<String> response) {
        JsonNode answer = json(response);
        ((com.fasterxml.jackson.databind.node.ObjectNode) answer).remove("processing_time_ms");
        return answer;
    }

    @Override
    public void close() {
        client.close();
        brain.close();
    }
}
