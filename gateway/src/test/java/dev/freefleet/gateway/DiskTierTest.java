package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole gateway with answers on disk: over restarts, with the Brain away, and past the memory's bound. */
class DiskTierTest {
    @TempDir
    private Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
    private final Sources clock =
            new Sources(now::get, System::nanoTime, Sources.system().random());

    private TestOrigin brain() {
        return TestOrigin.start(exchange -> exchange.json(
                "{\"answer\":\"number " + asked.incrementAndGet() + "\",\"x\":\"" + "y".repeat(2_000) + "\"}"));
    }

    /** An origin that is gone: its port is closed. */
    private TestOrigin gone() throws IOException {
        TestOrigin origin = brain();
        origin.close();
        return origin;
    }

    private AnswerStore store() {
        return TieredStore.open(50_000, folder.resolve("cache"), 16 << 20);
    }

    private static String status(HttpResponse<String> answer) {
        return answer.headers().firstValue("cache-status").orElseThrow();
    }

    @Test
    void afterARestartWithTheBrainAwayItsAnswersAreStillThere() throws Exception {
        try (AnswerStore store = store();
                TestGateway first = TestGateway.start(brain(), store, clock)) {
            assertThat(first.query("{\"query\":\"what is kept?\"}").body()).contains("number 1");
        }
        try (AnswerStore store = store();
                TestGateway second = TestGateway.start(gone(), store, clock)) {
            HttpResponse<String> fresh = second.query("{\"query\":\"what is kept?\"}");
            assertThat(fresh.body()).contains("number 1");
            assertThat(status(fresh)).contains("; hit");

            now.addAndGet(TimeUnit.HOURS.toMillis(2));
            HttpResponse<String> stale = second.query("{\"query\":\"what is kept?\"}");
            assertThat(stale.statusCode()).isEqualTo(200);
            assertThat(stale.body()).contains("number 1");
            assertThat(status(stale)).contains("fwd=stale").contains("detail=stale-if-error");

            now.addAndGet(TimeUnit.HOURS.toMillis(30));
            assertThat(second.query("{\"query\":\"what is kept?\"}").statusCode())
                    .isEqualTo(502);
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void afterAReingestTheDisksAnswersAreStale() throws Exception {
        try (AnswerStore store = store();
                TestGateway first = TestGateway.start(brain(), store, clock)) {
            first.edge.indexVersion("monday");
            first.query("{\"query\":\"a\"}");
        }
        try (AnswerStore store = store();
                TestGateway second = TestGateway.start(brain(), store, clock)) {
            second.edge.indexVersion("monday");
            assertThat(status(second.query("{\"query\":\"a\"}"))).contains("; hit");
            second.edge.indexVersion("tuesday");
            HttpResponse<String> asked2 = second.query("{\"query\":\"a\"}");
            assertThat(status(asked2)).contains("fwd=stale");
            assertThat(asked2.body()).contains("number 2");
        }
    }

    @Test
    void whatMemoryHasNoRoomForComesFromTheDisk() throws Exception {
        try (AnswerStore store = store();
                TestGateway fleet = TestGateway.start(brain(), store, clock)) {
            for (int i = 0; i < 100; i++) {
                fleet.query("{\"query\":\"question " + i + "\"}");
            }
            assertThat(store.stats().keys()).isLessThan(50);
            for (int i = 0; i < 100; i++) {
                HttpResponse<String> again = fleet.query("{\"query\":\"question " + i + "\"}");
                assertThat(status(again)).contains("; hit");
                assertThat(again.body()).contains("\"number " + (i + 1) + "\"");
            }
            assertThat(asked).hasValue(100);
            assertThat(fleet.registry.get("gateway.disk.hits").functionCounter().count())
                    .isGreaterThan(50);
            assertThat(fleet.gauge("gateway.disk.on")).isEqualTo(1);
            assertThat(fleet.gauge("gateway.disk.keys")).isEqualTo(100);
        }
    }

    @Test
    void aPurgeOutlastsTheRestart() throws Exception {
        try (AnswerStore store = store();
                TestGateway first = TestGateway.start(brain(), store, clock)) {
            first.query("{\"query\":\"a\"}");
            assertThat(first.gateway.purge(Selection.ofRoute("query")).join()).isEqualTo(1);
        }
        try (AnswerStore store = store();
                TestGateway second = TestGateway.start(brain(), store, clock)) {
            assertThat(second.query("{\"query\":\"a\"}").body()).contains("number 2");
        }
    }
}
