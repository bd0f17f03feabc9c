package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to the origin a second time. */
class RetriesTest {
    private TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    /** Fails the first request in this way, and answers those after it. */
    private void failsOnce(TestOrigin.Script failure) {
        fleet.origin.script(exchange -> {
            exchange.content();
            if (fleet.origin.requests() == 1) {
                failure.handle(exchange);
            } else {
                exchange.json("{\"answer\":1}");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void aPassingServerErrorIsNotSeen(int status) throws Exception {
        failsOnce(exchange -> exchange.answer(status, "text/plain", "in a moment"));
        assertThat(fleet.query("{\"query\":\"a\"}").body()).isEqualTo("{\"answer\":1}");
        assertThat(fleet.origin.requests()).isEqualTo(2);
        assertThat(fleet.count("gateway.origin.retries")).isEqualTo(1);
    }

    @Test
    void neitherIsABrokenConnection() throws Exception {
        failsOnce(OriginExchange::reset);
        assertThat(fleet.get("/open/a").statusCode()).isEqualTo(200);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void itIsTriedTwiceAndNoMore() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(503, "text/plain", "no"));
        assertThat(fleet.get("/open/a").statusCode()).isEqualTo(503);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void otherErrorsAreAnswers() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(500, "text/plain", "bug"));
        assertThat(fleet.get("/open/a").statusCode()).isEqualTo(500);
        fleet.origin.script(exchange -> exchange.answer(429, "text/plain", "slow down"));
        assertThat(fleet.get("/open/a").statusCode()).isEqualTo(429);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void whatMayDoHarmTwiceIsSentOnce() throws Exception {
        failsOnce(exchange -> exchange.answer(503, "text/plain", "no"));
        assertThat(fleet.send(fleet.request("/open/a").POST(HttpRequest.BodyPublishers.ofString("order")))
                        .statusCode())
                .isEqualTo(503);
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void whatMayHaveBeenDoneIsNotDoneAgain(String method) throws Exception {
        failsOnce(exchange -> exchange.answer(504, "text/plain", "no"));
        assertThat(fleet.send(fleet.request("/open/a").method(method, HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(504);
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void aShortRetryAfterIsWaitedForAndALongOneIsNot() throws Exception {
        failsOnce(exchange -> exchange.answer(503, "text/plain", "no", "Retry-After: 1"));
        long start = System.nanoTime();
        assertThat(fleet.get("/open/a").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        for (String late : new String[] {"60", "Fri, 31 Dec 2999 23:59:59 GMT", "-1", "x"}) {
            int before = fleet.origin.requests();
            fleet.origin.script(exchange -> exchange.answer(503, "text/plain", "no", "Retry-After: " + late));
            assertThat(fleet.get("/open/a").statusCode()).as(late).isEqualTo(503);
            assertThat(fleet.origin.requests()).as(late).isEqualTo(before + 1);
        }
    }

    @Test
    void noRetryGoesBeyondTheRoutesTime() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(503, "text/plain", "no", "Retry-After: 1"));
        assertThat(fleet.get("/hasty/a").statusCode()).as("it has 300 ms").isEqualTo(503);
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void theBudgetBoundsThem() throws Exception {
        fleet.close();
        fleet = TestGateway.start(
                exchange -> exchange.answer(503, "text/plain", "no"),
                config -> config.with(
                        config.origin().with(config.origin().resilience().withRetries(1, 2))));
        for (int i = 0; i < 6; i++) {
            assertThat(fleet.get("/open/a").statusCode()).isEqualTo(503);
        }
        assertThat(fleet.origin.requests()).isEqualTo(8);
        assertThat(fleet.count("gateway.origin.retries")).isEqualTo(2);
        assertThat(fleet.count("gateway.origin.retries.refused")).isEqualTo(4);
    }

    @Test
    void nothingIsSentForAClientThatLeft() throws Exception {
        fleet.origin.script(exchange -> {
            if (asked(exchange.target()) == 1) {
                exchange.answer(503, "text/plain", "no", "Retry-After: 2");
            } else {
                exchange.json("{}");
            }
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/a HTTP/1.1\r\nHost: h\r\n\r\n");
            Await.until("the retry is planned", () -> fleet.count("gateway.origin.retries") == 1);
        }
        Await.until(
                "the client is gone",
                () -> fleet.usage.peek() != null && fleet.usage.peek().status() == 499);
        assertThat(fleet.get("/open/b").statusCode()).isEqualTo(200);
        assertThat(asked("/open/b"))
                .as("whose retry came after the one that was not made")
                .isEqualTo(2);
        assertThat(asked("/open/a")).isEqualTo(1);
    }

    private long asked(String target) {
        return fleet.origin.exchanges().stream()
                .filter(exchange -> exchange.target().equals(target))
                .count();
    }
}
