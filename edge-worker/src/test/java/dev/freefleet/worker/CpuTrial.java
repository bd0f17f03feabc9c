package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.CpuTime;
import dev.freefleet.testkit.TestOrigin;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a request costs the runtime's process in CPU time; no time of a clock is in it, so that a busy machine changes little.
 *
 * <p>The process runs the Worker alone: the Cache API is a server elsewhere, as at Cloudflare. The means are those of all its threads,
 * user and system: the network, and V8's collector and compiler, are in them, and the platform's own count of 10 ms a request
 * has nothing of those. The slowest is found by sending requests one at a time and reading between them what the thread has
 * used that runs the isolate; what a request does behind its answer counts for the next.
 *
 * <p>No part of the ordinary run, since it does not pass: {@code ./fleet test -pl edge-worker -am -Dtest=CpuTrial
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class CpuTrial {
    private static final int WARMING = 1_500;
    private static final int REQUESTS = 2_000;
    private static final int HOT = 50;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final String KEY = WorkerUnderTest.keyOf(1, "default");

    /** Milliseconds of CPU: the mean of the process, and each request's of the thread, the least first. */
    private record Cost(double mean, double[] single) {
        double slowest() {
            return single[single.length - 1];
        }

        @Override
        public String toString() {
            return "mean of the process %.3f ms; of the thread: mean %.3f, median %.3f, 99 %% %.3f, slowest %.3f; of %d"
                    .formatted(
                            mean,
                            Arrays.stream(single).average().orElseThrow(),
                            single[single.length / 2],
                            single[single.length * 99 / 100],
                            slowest(),
                            single.length);
        }
    }

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void aRequestCostsLessThanThePlanAllows() throws Exception {
        String answer = "{\"answer\":\"" + "a".repeat(960) + "\",\"sources\":[{\"id\":\"notes/a.md\"}]}";
        try (http;
                TestOrigin origin = TestOrigin.start(exchange -> exchange.json(answer));
                TestFleet fleet = TestFleet.start();
                PlainWorkerd edge = new PlainWorkerd(folder, WorkerUnderTest.policy(origin.url(), fleet.url()))) {
            Cost first = measure(edge, -1, 1, 1);
            measure(edge, 0, WARMING, WARMING);
            measure(edge, 0, WARMING, HOT);
            Cost hits = measure(edge, 0, REQUESTS, HOT);
            assertThat(origin.requests())
                    .as("nothing but the first of each was a miss")
                    .isEqualTo(1 + WARMING);
            Cost misses = measure(edge, WARMING, REQUESTS, REQUESTS);
            assertThat(origin.requests()).isEqualTo(1 + WARMING + REQUESTS);
            System.out.println("CPU of workerd for the very first request: " + first);
            System.out.println("CPU of workerd for each hit:  " + hits);
            System.out.println("CPU of workerd for each miss: " + misses);

            assertThat(hits.mean()).as("mean of hits, ms").isLessThanOrEqualTo(1);
            assertThat(misses.mean()).as("mean of misses, ms").isLessThanOrEqualTo(2);
            assertThat(hits.slowest()).as("slowest hit, ms").isLessThan(10);
            assertThat(misses.slowest()).as("slowest miss, ms").isLessThan(10);
        }
    }

    /** Asks {@code count} times, from question {@code from} on, of which there are {@code different}. */
    private Cost measure(PlainWorkerd edge, int from, int count, int different) throws Exception {
        double[] millis = new double[count];
        long all = CpuTime.ofProcess(edge.pid());
        long before = CpuTime.ofMainThread(edge.pid());
        for (int i = 0; i < count; i++) {
            HttpRequest question = HttpRequest.newBuilder(edge.url().resolve("/query"))
                    .header("X-API-Key", KEY)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"query\":\"how many are there of number " + (from + i % different) + "?\"}"))
                    .build();
            assertThat(http.send(question, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            long now = CpuTime.ofMainThread(edge.pid());
            millis[i] = (now - before) / NANOS_PER_MILLI;
            before = now;
        }
        double mean = (CpuTime.ofProcess(edge.pid()) - all) / NANOS_PER_MILLI / count;
        Arrays.sort(millis);
        return new Cost(mean, millis);
    }
}
