package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.EdgeContract;
import dev.freefleet.testkit.EdgeUnderTest;
import dev.freefleet.testkit.TestOrigin;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;

/** What every edge does, by the Worker in workerd. */
class WorkerEdgeTest extends EdgeContract {
    @Override
    protected EdgeUnderTest start(TestOrigin.Script script) throws Exception {
        return WorkerUnderTest.start(script);
    }

    /** The runtime refuses to fetch so. */
    @Test
    void contentOfAGetIsNotPassedOnAndTheRequestIsAnswered() throws Exception {
        try (WorkerUnderTest worker =
                WorkerUnderTest.start(exchange -> exchange.json("{\"got\":\"" + exchange.text() + "\"}"))) {
            assertThat(worker.send(HttpRequest.newBuilder(URI.create(worker.url() + "/open/with"))
                                    .method("GET", HttpRequest.BodyPublishers.ofString("content")))
                            .body())
                    .isEqualTo("{\"got\":\"\"}");
        }
    }
}
