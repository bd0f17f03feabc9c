package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.Fields;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers KV over HTTP: what is drained, what is written, and what it costs. */
@Timeout(120)
class KvTest {
    /** Noon of a day of UTC. */
    private static final long NOON = 20_000L * 86_400_000 + 43_200_000;

    @TempDir
    Path folder;

    private final AtomicLong millis = new AtomicLong(NOON);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EdgeMeters meters = new EdgeMeters(registry);
    private final Batches batches = new Batches();
    private final ScriptedAnswers answers = new ScriptedAnswers();
    private KvServer server;
    private CloudflareKv kv;
    private KvState state;
    private KvBudget budget;
    private PurgeLog purges;
    private OfferedAnswers offered;

    @BeforeEach
    void open() throws IOException {
        server = new KvServer();
        kv = server.client();
        restart(900, 900, 900);
        purges = PurgeLog.open(folder.resolve("purges"), millis::get);
        offered = new OfferedAnswers(answers, purges, meters, millis::get);
    }

    @AfterEach
    void close() {
        kv.close();
        server.close();
    }

    private void restart(int writes, int deletes, int lists) {
        state = KvState.open(folder.resolve("kv.json"), millis.get() / 86_400_000);
        budget = new KvBudget(
                Map.of(
                        KvBudget.Kind.WRITE, writes,
                        KvBudget.Kind.DELETE, deletes,
                        KvBudget.Kind.LIST, lists,
                        KvBudget.Kind.READ, 1_000),
                millis::get,
                state);
    }

    private ParkedUsage parked() {
        return new ParkedUsage(kv, budget, batches, meters);
    }

    private KvAnswers keeper(int most) {
        return new KvAnswers(answers, offered, purges, kv, budget, state, millis::get, most);
    }

    private void park(int count) {
        for (int i = 0; i < count; i++) {
            server.values.put("usage/" + UUID.randomUUID(), Batches.content(10).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void parkedUsageComesHomeOnceAndIsDeleted() {
        park(25);
        server.page = 10;
        server.values.put("answer/query:1", new byte[] {1});
        parked().drain();
        assertThat(batches.events()).isEqualTo(250);
        assertThat(server.values).containsOnlyKeys("answer/query:1");
        assertThat(server.deletes).hasValue(25);
        assertThat(server.lists).hasValue(3);
        assertThat(budget.used(KvBudget.Kind.DELETE)).isEqualTo(25);
        assertThat(budget.used(KvBudget.Kind.READ)).isEqualTo(25);
        assertThat(budget.used(KvBudget.Kind.WRITE)).as("the edge's own writes").isEqualTo(25);
    }

    @Test
    void whenTheDeletesAreUsedUpNothingIsCountedTwiceAndTomorrowGoesOn() {
        restart(900, 5, 900);
        park(12);
        ParkedUsage usage = parked();
        usage.drain();
        usage.drain();
        assertThat(batches.events()).isEqualTo(120);
        assertThat(server.values).hasSize(7);
        assertThat(server.reads).as("what is known is not read again").hasValue(12);
        restart(900, 5, 900);
        parked().drain();
        assertThat(batches.events())
                .as("a fleet that has forgotten reads again")
                .isEqualTo(120);
        assertThat(server.deletes).as("the budget outlasts the restart").hasValue(5);
        millis.addAndGet(86_400_000);
        ParkedUsage tomorrow = parked();
        tomorrow.drain();
        assertThat(server.values).hasSize(2);
        assertThat(batches.events()).isEqualTo(120);
    }

    @Test
    void aDatabaseThatIsAwayLosesNothing() {
        park(3);
        batches.away = true;
        ParkedUsage usage = parked();
        assertThatThrownBy(usage::drain).isInstanceOf(BatchIntake.Away.class);
        assertThat(server.values).hasSize(3);
        batches.away = false;
        usage.drain();
        assertThat(batches.events()).isEqualTo(30);
        assertThat(server.values).isEmpty();
    }

    /** KV is consistent only after a while. */
    @Test
    void aBatchThatIsListedAndCannotBeReadYetIsBroughtLater() {
        park(3);
        String late = server.values.keySet().iterator().next();
        server.unseen.add(late);
        ParkedUsage usage = parked();
        usage.drain();
        assertThat(batches.events()).isEqualTo(20);
        assertThat(server.values).containsOnlyKeys(late);
        server.unseen.clear();
        usage.drain();
        assertThat(batches.events()).isEqualTo(30);
        assertThat(server.values).isEmpty();
    }

    @Test
    void whatIsNoBatchIsDeletedAndCounted() {
        server.values.put("usage/" + UUID.randomUUID(), "{".getBytes(StandardCharsets.UTF_8));
        server.values.put("usage/not-a-uuid", Batches.content(1).getBytes(StandardCharsets.UTF_8));
        park(1);
        parked().drain();
        assertThat(batches.events()).isEqualTo(10);
        assertThat(server.values).isEmpty();
        assertThat(registry.find("fleet.edge.batches").tags("outcome", "bad", "way", "kv").counters().stream()
                        .mapToDouble(Counter::count)
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void listingsStopWithTheirBudget() {
        restart(900, 900, 2);
        for (int i = 0; i < 5; i++) {
            parked().drain();
        }
        assertThat(server.lists).hasValue(2);
    }

    @Test
    void anAnswerIsWrittenAsTheEdgeReadsIt() {
        answers.put("query:01", NOON - 10, "v1", "{\"a\":1}\n", Fields.empty());
        answers.put("query:vary", NOON - 10, "v1", "{}", Fields.of("accept", "x"));
        keeper(10).write();
        assertThat(server.values).containsOnlyKeys("answer/query:01");
        String value = new String(Objects.requireNonNull(server.values.get("answer/query:01")), StandardCharsets.UTF_8);
        assertThat(value)
                .isEqualTo("{\"version\":1,\"key\":\"query:01\",\"status\":200,"
                        + "\"fields\":[[\"content-type\",\"application/json\"]],\"request_ms\":" + (NOON - 10)
                        + ",\"response_ms\":" + (NOON + 40) + ",\"index\":\"v1\",\"tags\":[\"a.md\"],\"length\":8}\n"
                        + "{\"a\":1}\n");
        assertThat(server.ttls).containsEntry("answer/query:01", 90_000L);
        assertThat(keeper(10).hot()).containsExactly("query:01");
    }

    @Test
    void anAnswerIsWrittenAgainOnlyWhereItHasToBe() {
        answers.put("query:01", NOON, "v1", "{}", Fields.empty());
        keeper(10).write();
        answers.put("query:01", NOON + 1, "v1", "{}", Fields.empty());
        keeper(10).write();
        assertThat(server.writes).as("the copy is still fresh").hasValue(1);
        answers.index = "v2";
        answers.put("query:01", NOON + 2, "v2", "{}", Fields.empty());
        keeper(10).write();
        assertThat(server.writes).as("the index has changed").hasValue(2);
        millis.addAndGet(3_600_001);
        keeper(10).write();
        assertThat(server.writes).as("stale, but there is no newer one").hasValue(2);
        answers.put("query:01", millis.get(), "v2", "{}", Fields.empty());
        keeper(10).write();
        assertThat(server.writes).hasValue(3);
        restart(900, 900, 900);
        keeper(10).write();
        assertThat(server.writes).as("a restart writes nothing again").hasValue(3);
    }

    @Test
    void whatAPurgeTakesIsWrittenAgainAndNothingThatItTakes() {
        answers.put("query:01", NOON, "v1", "{}", Fields.empty());
        keeper(10).write();
        purges.add(null, "a.md", null);
        assertThat(keeper(10).hot()).as("edges refuse it").isEmpty();
        answers.put("query:01", NOON + 1, "v1", "{}", Fields.empty());
        keeper(10).write();
        assertThat(server.writes).as("asked for before the purge holds").hasValue(1);
        answers.put("query:01", NOON + 6_000, "v1", "{}", Fields.empty());
        restart(900, 900, 900);
        keeper(10).write();
        keeper(10).write();
        assertThat(server.writes).hasValue(2);
        assertThat(keeper(10).hot()).containsExactly("query:01");
    }

    private static String key(int number) {
        return "query:%064x".formatted(number);
    }

    private void demand(int count) {
        for (int i = 0; i < count; i++) {
            offered.asked(Map.of(key(i), count - i)); // the first is the hottest
        }
    }

    /** As often as a fleet that is up would, with edges that have an answer to everything. */
    private void round(KvAnswers keeper) {
        keeper.write();
        offered.want(keeper.wanted());
        for (String key : keeper.wanted()) {
            offered.take(ScriptedAnswers.envelope(key, millis.get(), answers.index));
        }
    }

    @Test
    void whatEdgesAreAskedForAndHandOverIsWrittenAndHot() {
        demand(3);
        KvAnswers keeper = keeper(10);
        assertThat(keeper.wanted()).containsExactly(key(0), key(1), key(2));
        round(keeper);
        assertThat(keeper.wanted()).as("what waits is not wanted").isEmpty();
        assertThat(keeper.hot()).as("not yet written").isEmpty();
        round(keeper);
        assertThat(server.values).containsOnlyKeys("answer/" + key(0), "answer/" + key(1), "answer/" + key(2));
        assertThat(keeper.hot()).containsExactly(key(0), key(1), key(2));
        assertThat(keeper.wanted()).as("what is fresh in KV is not wanted").isEmpty();
        round(keeper);
        assertThat(server.writes).hasValue(3);

        answers.index = "v2";
        millis.incrementAndGet();
        assertThat(keeper.hot()).as("of another index").isEmpty();
        assertThat(keeper.wanted()).hasSize(3);
        round(keeper);
        round(keeper);
        assertThat(server.writes).hasValue(6);

        purges.add(null, null, key(1));
        assertThat(keeper.hot()).containsExactly(key(0), key(2));
        assertThat(keeper.wanted()).containsExactly(key(1));
    }

    @Test
    void aFleetThatBeginsAnewKnowsWhatIsInKvAndWritesNothingAgain() {
        demand(3);
        round(keeper(10));
        round(keeper(10));
        restart(900, 900, 900);
        offered = new OfferedAnswers(answers, purges, meters, millis::get);
        assertThat(keeper(10).hot()).as("nothing is asked for yet").isEmpty();
        demand(3);
        assertThat(keeper(10).hot()).hasSize(3);
        assertThat(keeper(10).wanted()).isEmpty();
    }

    @Test
    void theHottestOfBothSourcesAreKeptWithinTheirNumber() {
        answers.put("query:01", NOON, "v1", "{}", Fields.empty());
        answers.put("query:02", NOON, "v1", "{}", Fields.empty());
        answers.put(key(0), NOON, "v1", "{}", Fields.empty());
        demand(2);
        assertThat(keeper(3).wanted())
                .as("what the gateway's store has is not wanted")
                .containsExactly(key(1));
        round(keeper(3));
        keeper(3).write();
        assertThat(server.values)
                .containsKeys("answer/query:01", "answer/" + key(1))
                .hasSize(4);
        answers.index = "v2";
        assertThat(keeper(3).wanted()).as("what it has is stale").containsExactly(key(0), key(1));
    }

    @Test
    void noMoreIsWantedThanCanBeWrittenAndTheBudgetHolds() {
        millis.set(20_000L * 86_400_000);
        restart(100, 900, 900);
        offered = new OfferedAnswers(answers, purges, meters, millis::get);
        for (int tick = 0; tick < 144; tick++) {
            demand(300);
            KvAnswers keeper = keeper(200);
            assertThat(keeper.wanted()).hasSizeLessThanOrEqualTo(KvAnswers.MOST_WANTED);
            round(keeper);
            int written = server.writes.get();
            assertThat(offered.waiting().size() >= budget.pacedLeft(KvBudget.Kind.WRITE))
                    .as("enough is there, and no more is wanted")
                    .isEqualTo(keeper.wanted().isEmpty());
            assertThat(written).isLessThanOrEqualTo(26 + tick * 75 / 144);
            if (tick == 1) {
                assertThat(server.values).as("the hottest").containsKeys("answer/" + key(0), "answer/" + key(24));
            }
            millis.addAndGet(600_000);
        }
        assertThat(server.writes).hasValueBetween(90, 100);
        assertThat(server.values).as("first what is not there").hasSize(server.writes.get());
        restart(0, 900, 900);
        assertThat(keeper(200).wanted()).as("nothing is left").isEmpty();
    }

    @Test
    void theDaysBudgetIsNeverExceededWhateverHappens() {
        millis.set(20_000L * 86_400_000);
        answers.fresh = 1;
        int budgeted = 100;
        for (int tick = 0; tick < 144; tick++) {
            for (int i = 0; i < 50; i++) {
                answers.put("query:" + i, millis.get(), "v" + tick, "{}", Fields.empty());
            }
            answers.index = "v" + tick;
            restart(budgeted, 900, 900);
            keeper(50).write();
            if (tick == 0) {
                assertThat(server.writes).as("a quarter at once").hasValue(25);
            }
            millis.addAndGet(600_000);
        }
        assertThat(server.writes).hasValueBetween(90, budgeted);
    }

    @Test
    void aBudgetThatCannotBeReadIsUsedUpForTheDay() throws IOException {
        for (String damaged : new String[] {"", "{", "[]", "{\"day\":1}"}) {
            Files.writeString(folder.resolve("kv.json"), damaged);
            restart(900, 900, 900);
            for (KvBudget.Kind kind : KvBudget.Kind.values()) {
                assertThat(budget.take(kind, 1)).as(damaged + kind).isZero();
            }
        }
        millis.addAndGet(86_400_000);
        assertThat(budget.take(KvBudget.Kind.WRITE, 1)).isEqualTo(1);
    }

    @Test
    void aClockThatIsSetBackOpensNoNewBudget() {
        restart(5, 5, 5);
        assertThat(budget.take(KvBudget.Kind.WRITE, 10)).isEqualTo(5);
        millis.addAndGet(86_400_000);
        assertThat(budget.take(KvBudget.Kind.WRITE, 3)).isEqualTo(3);
        millis.addAndGet(-86_400_000);
        assertThat(budget.take(KvBudget.Kind.WRITE, 10)).isEqualTo(2);
        assertThat(budget.take(KvBudget.Kind.WRITE, 10)).isZero();
    }

    @Test
    void failuresSayWhatToDoAndNeverTheToken() {
        try (CloudflareKv wrong = server.client("wrong-token", "ns");
                CloudflareKv elsewhere = server.client(KvServer.TOKEN, "other")) {
            assertThatThrownBy(() -> wrong.list("usage/", ""))
                    .isInstanceOf(KvException.class)
                    .hasMessageContaining("Workers KV Storage: Edit")
                    .hasMessageNotContaining("wrong-token");
            assertThatThrownBy(() -> elsewhere.list("usage/", "")).hasMessageContaining("edge.kv-namespace");
        }
        server.failing = 429;
        assertThatThrownBy(() -> kv.list("usage/", "")).hasMessageContaining("429");
        server.failing = 500;
        assertThatThrownBy(() -> kv.list("usage/", "")).hasMessageContaining("the server fails");
        server.close();
        assertThatThrownBy(() -> kv.list("usage/", "")).hasMessageContaining("cannot be reached");
    }

    @Test
    void keysAreEncodedInPaths() {
        server.values.put("usage/a b?&#%/ä", new byte[] {7});
        assertThat(kv.read("usage/a b?&#%/ä")).containsExactly(7);
        assertThat(kv.read("usage/none")).isNull();
    }
}
