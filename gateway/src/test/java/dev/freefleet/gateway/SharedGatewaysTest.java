package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.RedisServer;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Two gateways before one origin that share a real Redis, which dies, hangs and comes back. */
class SharedGatewaysTest {
    private static final RateLimit PLENTY = TestGateway.PLENTY;

    private final RedisServer redis = RedisServer.start();
    private final TestOrigin origin = TestOrigin.start(exchange -> exchange.json("{\"answer\":\"same\"}"));
    private final List<TestGateway> fleets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (TestGateway fleet : fleets) {
            fleet.close();
        }
        origin.close();
        redis.close();
    }

    private TestGateway gateway(RateLimit rate, List<Quota> quotas, Duration timeout) {
        return gateway(rate, quotas, timeout, Sources.system());
    }

    private TestGateway gateway(RateLimit rate, List<Quota> quotas, Duration timeout, Sources sources) {
        EdgePolicy policy = TestGateway.policy();
        RedisConfig config = new RedisConfig(redis.url(), null, null, null, timeout, Duration.ofDays(1), 1 << 20);
        TestGateway started = TestGateway.start(
                origin,
                config,
                new EdgePolicy(
                        "test",
                        policy.routes(),
                        Map.of("default", new EdgePolicy.Plan(rate, quotas, 1_000)),
                        PLENTY,
                        new RateLimit(1_000_000, 60_000),
                        List.of(),
                        policy.cors(),
                        policy.queryText()),
                sources);
        fleets.add(started);
        return started;
    }

    private TestGateway gateway() {
        return gateway(PLENTY, List.of(), Duration.ofSeconds(10));
    }

    private static double up(TestGateway gateway) {
        return gateway.gauge("gateway.redis.up");
    }

    private static int ask(TestGateway gateway, String question) throws Exception {
        return gateway.query("{\"query\":\"" + question + "\"}").statusCode();
    }

    /** How many of so many requests, from many threads at both, were answered with 200. */
    private int answered(int requests, TestGateway one, TestGateway two) throws Exception {
        return answered(requests, one, two, () -> {});
    }

    /** The same; something happens when half of them are on their way. */
    private int answered(int requests, TestGateway one, TestGateway two, Runnable halfway) throws Exception {
        AtomicInteger ok = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                int n = i;
                all.add(threads.submit(() -> {
                    if (n == requests / 2) {
                        halfway.run();
                    }
                    int status = ask(n % 2 == 0 ? one : two, "q" + n % 20);
                    assertThat(status).isIn(200, 429);
                    return status == 200 ? ok.incrementAndGet() : 0;
                }));
            }
            for (Future<?> one1 : all) {
                one1.get();
            }
        }
        return ok.get();
    }

    @Test
    void twoGatewaysCountADayToTheLastRequest() throws Exception {
        countTo150(List.of(new Quota(150, Quota.Period.DAY), new Quota(220, Quota.Period.MONTH)));
    }

    @Test
    void twoGatewaysCountAMonthToTheLastRequest() throws Exception {
        countTo150(List.of(new Quota(220, Quota.Period.DAY), new Quota(150, Quota.Period.MONTH)));
    }

    private void countTo150(List<Quota> quotas) throws Exception {
        TestGateway one = gateway(PLENTY, quotas, Duration.ofSeconds(10));
        TestGateway two = gateway(PLENTY, quotas, Duration.ofSeconds(10));
        assertThat(answered(400, one, two)).isEqualTo(150);
        TestGateway third = gateway(PLENTY, quotas, Duration.ofSeconds(10));
        assertThat(ask(third, "another")).as("a gateway that is new").isEqualTo(429);
    }

    private TestGateway gatewayAt(AtomicLong now, Quota.Period period) {
        Sources system = Sources.system();
        return gateway(
                PLENTY,
                List.of(new Quota(20, period)),
                Duration.ofSeconds(10),
                new Sources(now::get, system.nanos(), system.random()));
    }

    private static long millis(String moment) {
        return Instant.parse(moment).toEpochMilli();
    }

    /** A day and a month end with the same millisecond; by Redis's own clock neither begins nor ends then. */
    @ParameterizedTest
    @EnumSource(Quota.Period.class)
    void aSpanThatEndsUnderLoadIsCountedApartFromTheNext(Quota.Period period) throws Exception {
        AtomicLong now = new AtomicLong(millis("2030-11-30T23:00:00Z"));
        TestGateway one = gatewayAt(now, period);
        TestGateway two = gatewayAt(now, period);
        // Each half would be enough to use up twice the quota.
        assertThat(answered(200, one, two, () -> now.set(millis("2030-12-01T00:00:00Z"))))
                .as("20 before the end, and 20 behind it")
                .isEqualTo(40);
        assertThat(answered(20, one, two)).isZero();
        assertThat(ask(gatewayAt(now, period), "another"))
                .as("a gateway that is new")
                .isEqualTo(429);
    }

    @ParameterizedTest
    @EnumSource(Quota.Period.class)
    void aSpanLastsToItsLastMillisecondAndTheNextHasNothingOfIt(Quota.Period period) throws Exception {
        AtomicLong now = new AtomicLong(millis("2030-11-30T00:00:00Z"));
        TestGateway one = gatewayAt(now, period);
        TestGateway two = gatewayAt(now, period);
        assertThat(answered(12, one, two)).isEqualTo(12);
        now.set(millis("2030-11-30T23:59:59.999Z"));
        assertThat(answered(30, one, two)).as("what is left of the first").isEqualTo(8);
        now.incrementAndGet();
        assertThat(answered(60, one, two)).as("the whole second").isEqualTo(20);
    }

    /** The clocks of two machines are never the same: each counts towards the span that it is in, which both share. */
    @ParameterizedTest
    @EnumSource(Quota.Period.class)
    void aGatewayThatIsInTheNextSpanAlreadyGivesNothingTwice(Quota.Period period) throws Exception {
        AtomicLong ahead = new AtomicLong(millis("2030-11-30T23:59:59Z"));
        AtomicLong behind = new AtomicLong(ahead.get());
        TestGateway one = gatewayAt(ahead, period);
        TestGateway two = gatewayAt(behind, period);
        assertThat(answered(10, one, two)).isEqualTo(10);
        ahead.set(millis("2030-12-01T00:00:00Z"));
        assertThat(answered(30, one, one)).as("the next span").isEqualTo(20);
        assertThat(answered(30, two, two)).as("the rest of the old one").isEqualTo(10);
        behind.set(ahead.get());
        assertThat(answered(30, one, two)).as("the next span is used up").isZero();
    }

    @Test
    void twoGatewaysShareARate() throws Exception {
        RateLimit slow = new RateLimit(60, Duration.ofHours(20).toMillis());
        TestGateway one = gateway(slow, List.of(), Duration.ofSeconds(10));
        TestGateway two = gateway(slow, List.of(), Duration.ofSeconds(10));
        assertThat(answered(200, one, two)).isEqualTo(60);
    }

    @Test
    void bothAskTheOriginOnce() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        origin.script(exchange -> {
            go.await();
            exchange.json("{\"answer\":\"once\"}");
        });
        TestGateway one = gateway();
        TestGateway two = gateway();
        List<Future<HttpResponse<String>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                TestGateway gateway = i % 2 == 0 ? one : two;
                answers.add(threads.submit(() -> gateway.query("{\"query\":\"the same\"}")));
            }
            Await.until(
                    "all wait but one", () -> one.count("gateway.coalesced") + two.count("gateway.coalesced") == 18);
            Await.until("both have asked Redis", () -> asked(one) + asked(two) == 2);
            go.countDown();
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().body()).isEqualTo("{\"answer\":\"once\"}");
            }
        }
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(ask(gateway(), "the same")).isEqualTo(200);
        assertThat(origin.requests()).as("a third gateway finds it in Redis").isEqualTo(1);
    }

    private static double asked(TestGateway gateway) {
        return gateway.count("gateway.redis.calls", "use", "flights", "outcome", "ok");
    }

    /** A gateway that is gone in the middle of its fetch holds nobody up for longer than the configured time. */
    @Test
    void anotherGatewaysFetchIsWaitedForWithALimit() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger first = new AtomicInteger();
        origin.script(exchange -> {
            if (first.getAndIncrement() == 0) {
                never.await();
            }
            exchange.json("{\"answer\":\"late\"}");
        });
        TestGateway one = gateway();
        TestGateway two = gateway();
        try (RawClient client = one.raw()) {
            String json = "{\"query\":\"slow\"}";
            client.send("POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: " + one.key
                    + "\r\nContent-Length: " + json.length() + "\r\n\r\n" + json);
            Await.until("one asks", () -> origin.requests() == 1);
            assertThat(ask(two, "slow")).isEqualTo(200);
            assertThat(origin.requests()).isEqualTo(2);
        } finally {
            never.countDown();
        }
    }

    @Test
    void aPurgeAtOneIsAPurgeAtBoth() throws Exception {
        AtomicInteger version = new AtomicInteger();
        origin.script(
                exchange -> exchange.json("{\"answer\":\"v" + version.get() + "\",\"sources\":[{\"id\":\"doc-1\"}]}"));
        TestGateway one = gateway();
        TestGateway two = gateway();
        assertThat(one.query("{\"query\":\"purged\"}").body()).contains("v0");
        assertThat(two.query("{\"query\":\"purged\"}").body()).contains("v0");
        assertThat(origin.requests()).isEqualTo(1);
        version.set(1);
        assertThat(one.gateway.purge(Selection.ofTag("doc-1")).join()).isEqualTo(1);
        Await.until("two has heard of it", () -> two.gateway.store().stats().keys() == 0);
        assertThat(two.query("{\"query\":\"purged\"}").body()).contains("v1");
        assertThat(one.query("{\"query\":\"purged\"}").body()).contains("v1");
        assertThat(origin.requests()).isEqualTo(2);
    }

    /** Requests go on while Redis is killed under load, hangs, and comes back; the log says so once each time. */
    @Test
    void noRequestFailsWhateverRedisDoes() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(RedisLink.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        log.addAppender(logged);
        List<Quota> quotas = List.of(new Quota(1_000_000, Quota.Period.DAY));
        TestGateway one = gateway(PLENTY, quotas, Duration.ofMillis(100));
        TestGateway two = gateway(PLENTY, quotas, Duration.ofMillis(100));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicInteger served = new AtomicInteger();
            AtomicInteger over = new AtomicInteger();
            List<Future<?>> load = new ArrayList<>();
            for (int t = 0; t < 6; t++) {
                int thread = t;
                load.add(threads.submit(() -> {
                    for (int i = 0; over.get() == 0; i++) {
                        assertThat(ask(thread % 2 == 0 ? one : two, "t" + thread + " " + i % 200))
                                .isEqualTo(200);
                        served.incrementAndGet();
                    }
                    return served.get();
                }));
            }
            go(served, 200);
            redis.kill();
            Await.until("both have noticed", () -> up(one) == 0 && up(two) == 0);
            go(served, 200);
            redis.restart();
            Await.until("both are back", () -> up(one) == 1 && up(two) == 1);
            go(served, 200);
            redis.signal("STOP");
            Await.until("both have noticed that it hangs", () -> up(one) == 0 && up(two) == 0);
            go(served, 200);
            redis.signal("CONT");
            Await.until("both are back again", () -> up(one) == 1 && up(two) == 1);
            go(served, 200);
            over.set(1);
            for (Future<?> thread : load) {
                thread.get();
            }
        } finally {
            log.detachAppender(logged);
        }
        assertThat(logged.list.stream().filter(e -> e.getFormattedMessage().contains("does not answer")))
                .as("each gateway says it once each time, though thousands were asked")
                .hasSizeBetween(4, 16);
    }

    private static void go(AtomicInteger served, int more) {
        int now = served.get();
        Await.until(more + " more requests", () -> served.get() >= now + more);
    }

    @Test
    void aGatewayStartsWithoutRedisAndFindsItLater() throws Exception {
        redis.kill();
        TestGateway one = gateway();
        assertThat(ask(one, "alone")).isEqualTo(200);
        assertThat(up(one)).isZero();
        redis.restart();
        Await.until("it is found", () -> up(one) == 1);
        assertThat(ask(one, "together")).isEqualTo(200);
        Await.until("its answer is shared", () -> redis.ask("DBSIZE").compareTo(":1") > 0);
    }
}
