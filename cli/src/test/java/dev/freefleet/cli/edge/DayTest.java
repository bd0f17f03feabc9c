package dev.freefleet.cli.edge;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.TimedMain;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import dev.freefleet.testkit.trace.Trace;
import dev.freefleet.testkit.trace.TraceEvent;
import dev.freefleet.testkit.trace.TraceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of the free plan in one run: the 100,000 requests that it allows, as the trace of the benchmarks has them, through the
 * Worker in workerd, and the usage of all of them in the PostgreSQL of a fleet. From 6 to 12 the fleet is killed and away,
 * from 15 to 16 the Brain, and at 3, 9 and 19 the runtime is killed and started anew. At half past 15, while the Brain is
 * away, all requests come to another place of the platform's: one whose Cache API is empty. What the platform counts is
 * counted here and set against each limit.
 *
 * <p>The time of day of the Worker and of the fleet is that of the latest request ({@code day.js}, {@code TimedMain}): so a
 * slow machine makes the run longer and no hour of the day.
 */
@Timeout(1_500)
class DayTest {
    private static final int REQUESTS = 100_000;
    private static final int AT_ONCE = 24;
    private static final long HALF_HOUR = 1_800_000;
    private static final int MINUTE = 60_000;
    /** The half hour in which nothing is at hand, and the Brain is away. */
    private static final int ELSEWHERE = 2 * 15 + 1;
    /** How long the Worker may leave a Brain alone that has failed it. */
    private static final int BREAKER_MINUTES = 2;

    private static final Pattern COUNTED =
            Pattern.compile("fleet_edge_(?:subrequests|usage_events)_total\\{(?:kind|outcome)=\"([a-z_]+)\"} (\\d+)");

    @TempDir
    Path folder;

    private final Instant midnight =
            Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(1)); // a day that is over has a partition
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Long> counted = new TreeMap<>();
    private final Map<String, AtomicLong> told = new ConcurrentSkipListMap<>();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
    private volatile int version;
    /** Subrequests of one request. */
    private int most;
    /** Answers in KV by then. */
    private int inKv;
    /** Reads of KV that found an answer. */
    private int found;

    private long nowMillis = midnight.toEpochMilli();
    /** Where the fleet finds it. */
    @SuppressWarnings("NullAway.Init")
    private ByteBuffer time;

    private final AtomicLong fromKvAlone = new AtomicLong();

    @SuppressWarnings("NullAway.Init")
    private TestOrigin brain;

    @SuppressWarnings("NullAway.Init")
    private WorkerFleet fleet;

    @SuppressWarnings("NullAway.Init")
    private WorkerFleet.Key key;

    @SuppressWarnings("NullAway.Init")
    private KeptConnections clients;

    @Test
    void aDayOfTheFreePlanFits() throws Exception {
        brain = TestOrigin.start(this::answer);
        // Ten minutes of the day take about a second.
        String edge = "  brain-url: " + brain.url() + "\n  drain-every: 2s\n  kv-every: 1s\n  max-syncs: 1000\n";
        Path file = folder.resolve("time");
        time = TimedMain.time(file);
        passTo(nowMillis);
        try (WorkerFleet started = new WorkerFleet(folder.resolve("home"), brain.url(), edge, this::timed, file)) {
            fleet = started;
            key = fleet.created("day");
            connect();
            long began = System.nanoTime();
            run();
            settle();
            count();
            awaitUsage();
            tell((System.nanoTime() - began) / 1e9);
            verify();
        } finally {
            if (clients != null) {
                clients.close();
            }
            http.close();
            brain.close();
        }
    }

    private void verify() {
        Instant end = midnight.plus(Duration.ofHours(25)); // the trace's last may be late
        List<String> ids =
                fleet.events(key, midnight, end).stream().map(UsageEvent::id).toList();
        assertThat(ids).as("each event once").doesNotHaveDuplicates();
        Set<String> missing = new HashSet<>(answered);
        ids.forEach(missing::remove);
        assertThat(missing).as("requests whose event is missing").isEmpty();
        assertThat(ids).hasSize(REQUESTS);
        assertThat(answered).hasSize(REQUESTS);
        assertThat(unexpected).as("answers that nothing explains").isEmpty();
        assertThat(counted("dropped") + counted("refused"))
                .as("events given up")
                .isZero();
        assertThat(counted("parked")).as("events that were parked").isPositive();
        assertThat(counted("kv_put")).as("KV writes of the Worker").isBetween(1L, 500L);
        assertThat(writes()).as("KV writes").isLessThan(1_000);
        assertThat(fleet.door.writes.get())
                .as("answers written to KV by the fleet, within its budget")
                .isBetween(50L, 600L);
        assertThat(reads()).as("KV reads").isLessThan(100_000);
        assertThat(found).as("KV reads that found an answer").isGreaterThan(10);
        assertThat(fromKvAlone).as("answers from KV alone").hasValueGreaterThan(20);
        assertThat(fleet.door.deletes.get())
                .as("KV deletes")
                .isEqualTo(counted("kv_put"))
                .isLessThan(1_000);
        assertThat(fleet.door.lists.get()).as("KV lists").isLessThan(1_000);
        assertThat(perRequest()).as("subrequests for each request").isLessThanOrEqualTo(3);
        assertThat(most).as("the most subrequests of one request").isBetween(3, 50);
    }

    /** The entry that takes the time of day from requests, and storage that outlasts the runtime's process. */
    private void timed(ObjectNode options) {
        try {
            Path entries = WorkerFleet.SOURCES.resolve("src/test/js").toAbsolutePath();
            ObjectNode modules = (ObjectNode) options.path("modules");
            modules.put("index.js", entries.resolve("counted.js").toString());
            modules.put("day.js", entries.resolve("day.js").toString());
            options.putArray("flags").add("nodejs_als");
            ObjectNode policy = (ObjectNode) WorkerFleet.JSON.readTree(
                    modules.path("policy.json").path("contents").asText());
            policy.putObject("clock").put("start", midnight.toEpochMilli());
            modules.putObject("policy.json").put("contents", policy.toString());
            options.put("persist", Files.createDirectories(storage()).toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void run() throws Exception {
        Semaphore places = new Semaphore(AT_ONCE);
        int half = -1;
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (TraceEvent event : new Trace(TraceSettings.day(7, REQUESTS))) {
                while (half < event.atMillis() / HALF_HOUR) {
                    places.acquire(AT_ONCE); // nobody is under way
                    half(++half);
                    places.release(AT_ONCE);
                }
                switch (event) {
                    case TraceEvent.Reingest reingest -> version = reingest.version();
                    case TraceEvent.Ask ask -> {
                        passTo(Math.max(nowMillis, midnight.toEpochMilli() + ask.atMillis()));
                        long at = nowMillis;
                        places.acquire();
                        clients.execute(() -> {
                            try {
                                send(ask, at);
                            } finally {
                                places.release();
                            }
                        });
                    }
                }
            }
        }
    }

    private void passTo(long millis) {
        nowMillis = millis;
        time.putLong(0, millis);
    }

    /** What happens in the day, by its half hours. */
    private void half(int half) throws Exception {
        switch (half) {
            case 2 * 3, 2 * 9, 2 * 19 -> {
                stop();
                start();
            }
            case 2 * 6 -> fleet.fleet().kill();
            case 2 * 12 -> fleet.up();
            case 2 * 15 -> brain.close();
            case ELSEWHERE -> {
                inKv = fleet.inKv("answer/").size();
                stop();
                WorkerFleet.emptyCacheApi(storage());
                start();
            }
            case 2 * 16 -> brain = TestOrigin.start(brain.url().getPort(), this::answer);
            default -> {}
        }
    }

    /** As the platform does it: what is under way, and what was handed to waitUntil, comes to its end first. */
    private void stop() throws Exception {
        settle();
        count();
        clients.close();
        fleet.killWorker();
    }

    private void start() throws Exception {
        fleet.startWorker();
        connect();
    }

    private Path storage() {
        return folder.resolve("persist").toAbsolutePath();
    }

    private void connect() {
        URI url = fleet.worker().url();
        clients = new KeptConnections(new InetSocketAddress(url.getHost(), url.getPort()));
    }

    /** Time goes on without requests until no usage waits. */
    private void settle() throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!metrics().contains("\nfleet_edge_usage_waiting 0\n")) {
            assertThat(System.nanoTime()).as("usage leaves within a minute").isLessThan(end);
            passTo(nowMillis + 1_000);
            Thread.sleep(20);
        }
    }

    private String metrics() throws Exception {
        return get("/metrics");
    }

    private String get(String target) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(fleet.worker().url().resolve(target))
                .header("Fleet-Test-Ms", Long.toString(nowMillis))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private void count() throws Exception {
        Matcher series = COUNTED.matcher(metrics());
        while (series.find()) {
            counted.merge(series.group(1), Long.parseLong(series.group(2)), Long::sum);
        }
        most = Math.max(most, Integer.parseInt(get("/test/subrequests")));
        found += Integer.parseInt(get("/test/found"));
    }

    private void awaitUsage() throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (fleet.rows(key) < REQUESTS || !fleet.inKv("usage/").isEmpty()) {
            assertThat(System.nanoTime())
                    .as("all usage is home; there are " + fleet.rows(key) + " rows")
                    .isLessThan(end);
            Thread.sleep(500);
        }
    }

    private void send(TraceEvent.Ask ask, long atMillis) {
        try {
            RawClient.Answer answer = clients.send(request(ask, atMillis));
            answered.add(requireNonNull(answer.field("x-request-id"), "x-request-id"));
            String cache = requireNonNullElse(answer.field("cache-status"), "none");
            String outcome = cache.contains("hit") ? " hit" : cache.contains("fwd") ? " miss" : " none";
            told.computeIfAbsent(answer.status() + outcome, name -> new AtomicLong())
                    .incrementAndGet();
            if (answer.status() == 200 && (atMillis - midnight.toEpochMilli()) / HALF_HOUR == ELSEWHERE) {
                fromKvAlone.incrementAndGet(); // the Brain is away, and nothing else was there
            }
            if (!isExpected(answer.status(), (atMillis - midnight.toEpochMilli()) / MINUTE)) {
                unexpected.add(answer.status() + outcome + " at "
                        + Instant.ofEpochMilli(atMillis).truncatedTo(ChronoUnit.SECONDS));
            }
        } catch (IOException failed) {
            unexpected.add(failed.toString());
        }
    }

    private byte[] request(TraceEvent.Ask ask, long atMillis) {
        String json = ask.json();
        byte[] content = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
        String about =
                json == null ? "" : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n";
        byte[] head = (ask.method() + " " + ask.target() + " HTTP/1.1\r\nHost: edge.example\r\nX-API-Key: " + key.text()
                        + "\r\nFleet-Test-Ms: " + atMillis + "\r\n" + about + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return all;
    }

    /** Without the Brain, what nobody has asked before cannot be answered. */
    private static boolean isExpected(int status, long minute) {
        boolean brainAway = minute >= 15 * 60 && minute < 16 * 60 + BREAKER_MINUTES;
        return status == 200 || (brainAway && (status == 502 || status == 503));
    }

    private void answer(OriginExchange exchange) throws IOException {
        if (exchange.target().equals("/health")) {
            exchange.json("{\"status\":\"healthy\",\"last_update\":\"version %d\"}".formatted(version));
        } else {
            exchange.json("{\"answer\":\"%d of %d\",\"sources\":[{\"id\":\"notes/1.md\"}],\"confidence\":1}"
                    .formatted(version, (exchange.target() + exchange.text()).hashCode()));
        }
    }

    private long counted(String name) {
        return counted.getOrDefault(name, 0L);
    }

    private long writes() {
        return counted("kv_put") + fleet.door.writes.get();
    }

    private long reads() {
        return counted("kv_get") + fleet.door.reads.get();
    }

    private double perRequest() {
        return List.of(
                                "cache_match",
                                "cache_put",
                                "cache_delete",
                                "kv_get",
                                "kv_put",
                                "origin",
                                "sync",
                                "usage",
                                "offer")
                        .stream()
                        .mapToLong(this::counted)
                        .sum()
                / (double) REQUESTS;
    }

    private void tell(double seconds) throws IOException {
        System.out.printf(
                "A day of %,d requests in %.0f s, asked %,d times of the Brain%n",
                REQUESTS, seconds, counted("origin"));
        System.out.printf("%-34s %,10d of %,10d a day%n", "requests", answered.size(), 100_000);
        System.out.printf("%-34s %,10d of %,10d%n", "KV reads", reads(), 100_000);
        System.out.printf("%-34s %,10d%n", "  that found an answer", found);
        System.out.printf("%-34s %,10d of %,10d%n", "KV writes", writes(), 1_000);
        System.out.printf("%-34s %,10d%n", "  of answers, by the fleet", fleet.door.writes.get());
        System.out.printf("%-34s %,10d of %,10d%n", "KV deletes", fleet.door.deletes.get(), 1_000);
        System.out.printf("%-34s %,10d of %,10d%n", "KV lists", fleet.door.lists.get(), 1_000);
        System.out.printf("%-34s %10.2f of %,10d%n", "subrequests for each request", perRequest(), 50);
        System.out.printf("%-34s %,10d of %,10d%n", "the most of one request", most, 50);
        System.out.printf(
                "half an hour without the Brain at an empty place: %,d answers from KV alone, which had %,d%n",
                fromKvAlone.get(), inKv);
        System.out.println("calls and events: " + counted);
        System.out.println("answers: " + told);
    }
}
