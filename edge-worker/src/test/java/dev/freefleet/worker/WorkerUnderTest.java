package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.EdgeUnderTest;
import dev.freefleet.testkit.TestOrigin;
import dev.freefleet.testkit.Workerd;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The Worker in workerd, in front of a scripted origin, with a fleet in memory. */
final class WorkerUnderTest implements EdgeUnderTest {
    static final Path NPM = Path.of("npm");
    static final Path INSTALLED = Path.of("target", "npm");
    static final Path MODULES = Path.of("target", "worker");
    static final byte[] SECRET = "a signing secret for tests alone".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern EVENT =
            Pattern.compile("\"route\":\"([^\"]*)\",\"method\":\"[^\"]*\",\"status\":(\\d+),\"cache\":\"([^\"]*)\"");

    final TestOrigin origin;
    final TestFleet fleet;
    private final String options;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    Workerd workerd;

    private WorkerUnderTest(TestOrigin origin, TestFleet fleet, String options) {
        this.origin = origin;
        this.fleet = fleet;
        this.options = options;
        this.workerd = Workerd.start(NPM, INSTALLED, options);
    }

    static WorkerUnderTest start(TestOrigin.Script script) throws IOException {
        return start(script, policy -> policy, "{}", Path.of("index.js"));
    }

    /**
     * Starts it.
     *
     * @param change what is changed of {@code policy.json}
     * @param rateLimits the rate limiting bindings, JSON
     * @param persist where its storage lies, so that another process finds it; relative: nowhere
     */
    static WorkerUnderTest start(
            TestOrigin.Script script, UnaryOperator<String> change, String rateLimits, Path persist)
            throws IOException {
        TestOrigin origin = TestOrigin.start(script);
        TestFleet fleet = TestFleet.start();
        String policy = change.apply(policy(origin.url(), fleet.url()));
        String options = options(MODULES.resolve("index.js"), policy, rateLimits, persist, "brain's own");
        return new WorkerUnderTest(origin, fleet, options);
    }

    /** The same with the time that requests say in {@code Fleet-Test-Ms}, from this instant on. */
    static WorkerUnderTest timed(TestOrigin.Script script, long startMillis) throws IOException {
        TestOrigin origin = TestOrigin.start(script);
        TestFleet fleet = TestFleet.start();
        String policy =
                policy(origin.url(), fleet.url()).replaceFirst("\\{", "{\"clock\": {\"start\": " + startMillis + "},");
        Path entry = Path.of("src", "test", "js", "day.js");
        return new WorkerUnderTest(origin, fleet, options(entry, policy, "{}", Path.of("nowhere"), "brain's own"));
    }

    static String policy(URI origin, URI fleet) throws IOException {
        try (InputStream file = WorkerUnderTest.class.getResourceAsStream("/policy.json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("ORIGIN", origin.toString())
                    .replace("FLEET", fleet.toString());
        }
    }

    static String options(Path entry, String policy, String rateLimits, Path persist, String originSecret) {
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(SECRET);
        return "{\"modules\":{\"index.js\":" + quoted(entry.toAbsolutePath().toString()) + ",\"edge.js\":"
                + quoted(MODULES.resolve("edge.js").toAbsolutePath().toString()) + ",\"policy.json\":{\"contents\":"
                + quoted(policy) + "}},\"vars\":{\"SIGNING_SECRETS\":"
                + quoted("{\"1\":\"" + secret + "\"}") + ",\"FLEET_EDGE_TOKEN\":" + quoted(TestFleet.TOKEN)
                + ",\"ORIGIN_KEY\":" + quoted(originSecret)
                + ",\"ORIGIN_SECRET\":\"shared\"},\"kv\":[\"FLEET_KV\"],\"ratelimits\":" + rateLimits
                + (persist.isAbsolute() ? ",\"persist\":" + quoted(persist.toString()) : "") + "}";
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** Another process in the place of this one, which is gone already. */
    void startAgain() {
        workerd = Workerd.start(NPM, INSTALLED, options);
    }

    @Override
    public URI url() {
        String url = workerd.url().toString();
        return URI.create(url.substring(0, url.length() - 1));
    }

    @Override
    public TestOrigin origin() {
        return origin;
    }

    @Override
    public String key(long id, String plan) {
        return keyOf(id, plan);
    }

    static String keyOf(long id, String plan) {
        KeyToken token = new KeyToken(1, id, 7, 0, plan);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            return KeyFormat.encode(token, mac.doFinal(KeyFormat.signedBytes(token)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    HttpResponse<String> get(String target, String... fields) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + target));
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        return send(request);
    }

    /** Sends it, and does not wait for the answer. */
    CompletableFuture<HttpResponse<String>> sendAsync(String target, String... fields) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + target))
                .headers(fields)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError("no answer; the log says: " + workerd.log(), failed);
        }
    }

    /** Asks until the Worker has heard the latest of the fleet. */
    void sync() {
        String key = key(1, "default");
        Await.until("the Worker hears of it", () -> {
            assertThat(get("/query?q=sync", "X-API-Key", key).statusCode()).isIn(200, 500, 502, 503);
            return fleet.isHeard();
        });
        // Heard is not yet read: the next request comes after that.
        Await.until("it is read", () -> metric("fleet_edge_sync_age_ms") >= 0);
    }

    /** A value of {@code /metrics}. */
    long metric(String series) {
        String text = get("/metrics").body();
        return text.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToLong(line -> Long.parseLong(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    long subrequests(String kind) {
        return metric("fleet_edge_subrequests_total{kind=\"" + kind + "\"}");
    }

    @Override
    public void revoke(long id) {
        fleet.revoke(id);
        sync();
    }

    @Override
    public void restrict(long id, String route) {
        fleet.key(id, "\"scopes\":[\"" + route + "\"]");
        sync();
    }

    @Override
    public void purgeTag(String tag) {
        fleet.purgeTag(tag);
        sync();
    }

    @Override
    public void index(String version) {
        fleet.index(version);
        sync();
    }

    @Override
    public List<String> usage() {
        return events(fleet.batches.values().stream().toList());
    }

    static List<String> events(List<String> batches) {
        List<String> events = new ArrayList<>();
        for (String batch : batches) {
            Matcher event = EVENT.matcher(batch);
            while (event.find()) {
                events.add(event.group(2) + " " + event.group(1) + " " + event.group(3));
            }
        }
        return events;
    }

    @Override
    public void close() {
        workerd.close();
        http.close();
        fleet.close();
    }
}
