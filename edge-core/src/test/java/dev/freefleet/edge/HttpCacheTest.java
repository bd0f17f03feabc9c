package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 and its neighbours, as a client of a plain HTTP route sees them. */
class HttpCacheTest {
    private static final CacheRule RULE = new CacheRule.Http(1 << 20, true);

    private final TestShell shell = new TestShell(Policies.only(Policies.open("files", "/**", RULE)));

    private TestShell.Answer get(String... fields) {
        return shell.send("GET", "/a", "", fields);
    }

    private void stored(String content, String... fields) {
        shell.origin = request -> shell.answer(200, content, fields);
        assertThat(get().cacheStatus()).contains("stored");
        shell.asked.clear();
        shell.origin = request -> shell.answer(200, "new");
    }

    private void later(long seconds) {
        shell.now += seconds * 1_000;
    }

    private String date(long secondsFromNow) {
        return HttpDate.format(shell.now + secondsFromNow * 1_000);
    }

    @Test
    void aFreshAnswerIsReusedWithItsAgeAndItsDate() {
        String date = date(0);
        stored("old", "cache-control", "max-age=60", "date", date, "age", "10");
        later(5);

        TestShell.Answer answer = get();
        assertThat(answer.text()).isEqualTo("old");
        assertThat(answer.fields().all("age")).containsExactly("15");
        assertThat(answer.fields().all("date")).containsExactly(date);
        assertThat(answer.cacheStatus()).isEqualTo("FreeFleet; hit; ttl=45");
        later(45);
        assertThat(get().text()).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-store",
                "private, max-age=60",
                "max-age=60, No-Store",
                "max-age=0, no-store=x",
                "foo=\"open, max-age=60",
            })
    void whatForbidsItIsNotStored(String control) {
        shell.origin = request -> shell.answer(200, "x", "cache-control", control);
        get();

        assertThat(shell.store).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-age=60|hit",
                "MaX-aGe=60|hit",
                "max-age=\"60\"|hit",
                "max-age=0060|hit",
                "max-age=99999999999|hit",
                "s-maxage=60, max-age=0|hit",
                "max-age=60, s-maxage=0|stale",
                "max-age='60'|stale",
                "max-age=60.5|stale",
                "max-age=-60|stale",
                "max-age =60|hit",
                "max-age=60, max-age=0|stale",
                "x=\"max-age=60\", max-age=0|stale",
                "max-age=60, no-cache|stale",
            })
    void freshnessIsReadStrictly(String control, String outcome) {
        stored("old", "cache-control", control, "etag", "\"1\"");

        assertThat(get().cacheStatus()).contains(outcome);
    }

    @Test
    void expiresCountsFromDateAndInvalidOnesAreInThePast() {
        stored("old", "expires", date(20), "date", date(10));
        later(9);
        assertThat(get().text()).isEqualTo("old");
        later(2);
        assertThat(get().text()).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-7200", "7200.0", "7200,0", "0, 0", "7200;a=b"})
    void anAgeThatNobodyCanReadIsOld(String age) {
        stored("old", "cache-control", "max-age=3600", "age", age);

        assertThat(get().text()).isEqualTo("new");
    }

    @Test
    void aStaleAnswerIsValidatedAndFreshened() {
        stored(
                "old",
                "cache-control",
                "max-age=2",
                "etag",
                "\"1\"",
                "last-modified",
                date(-100),
                "test-header",
                "a",
                "content-encoding",
                "x-y");
        later(3);
        shell.origin = request -> shell.answer(
                304, "", "etag", "\"1\"", "test-header", "b", "content-encoding", "z", "set-cookie", "c=d");
        TestShell.Answer validated = get();

        OriginRequest asked = shell.asked.getFirst();
        assertThat(asked.fields().all("if-none-match")).containsExactly("\"1\"");
        assertThat(asked.fields().has("if-modified-since")).isTrue();
        assertThat(validated.status()).isEqualTo(200);
        assertThat(validated.text()).isEqualTo("old");
        assertThat(validated.fields().all("test-header")).containsExactly("b");
        assertThat(validated.fields().all("content-encoding")).containsExactly("x-y");
        assertThat(validated.cacheStatus()).isEqualTo("FreeFleet; fwd=stale; fwd-status=304; ttl=2; stored");
        assertThat(validated.usage().cache()).isEqualTo(CacheOutcome.REVALIDATED);
        later(1);
        TestShell.Answer hit = get();
        assertThat(hit.cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(hit.fields().all("test-header")).containsExactly("b");
        assertThat(hit.fields().all("set-cookie")).containsExactly("c=d");
        assertThat(hit.fields().all("age")).containsExactly("1");
    }

    @Test
    void a304ForAnotherAnswerIsNotBelieved() {
        stored("old", "cache-control", "max-age=2", "etag", "\"1\"");
        later(3);
        shell.origin = request -> request.fields().has("if-none-match")
                ? shell.answer(304, "", "etag", "\"2\"")
                : shell.answer(200, "fresh", "etag", "\"2\"", "cache-control", "max-age=9");

        assertThat(get().text()).isEqualTo("fresh");
        assertThat(shell.asked).hasSize(2);
    }

    @Test
    void clientsThatHaveTheAnswerAreToldSo() {
        stored(
                "old",
                "cache-control",
                "max-age=60",
                "etag",
                "W/\"b\"",
                "last-modified",
                date(-100),
                "content-type",
                "a/b");

        TestShell.Answer byTag = get("if-none-match", "\"a,c\", \"b\"", "if-modified-since", date(-500));
        assertThat(byTag.status()).isEqualTo(304);
        assertThat(byTag.fields().first("etag")).isEqualTo("W/\"b\"");
        assertThat(byTag.fields().has("content-type")).isFalse();
        assertThat(byTag.content()).isEmpty();
        assertThat(get("if-none-match", "\"x\"", "if-modified-since", date(0)).status())
                .isEqualTo(200);
        assertThat(get("if-modified-since", date(-100)).status()).isEqualTo(304);
        assertThat(get("if-modified-since", date(-101)).status()).isEqualTo(200);
        assertThat(get("if-modified-since", "yesterday").status()).isEqualTo(200);
        assertThat(shell.asked).isEmpty();
    }

    @Test
    void conditionsForTheOriginGoThere() {
        stored("old", "cache-control", "max-age=60", "etag", "\"b\"");
        shell.origin = request -> shell.answer(412, "");

        assertThat(get("if-match", "\"z\"").status()).isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-1|206|01|bytes 0-1/11",
                "bytes=9-|206|9A|bytes 9-10/11",
                "bytes=-1|206|A|bytes 10-10/11",
                "bytes=-99|206|0123456789A|bytes 0-10/11",
                "bytes=5-99|206|56789A|bytes 5-10/11",
                "bytes=0-1,3-4|200|0123456789A|",
                "bytes=4-2|200|0123456789A|",
                "lines=1-2|200|0123456789A|",
            })
    void rangesComeFromWholeStoredAnswers(String range, int status, String text, String contentRange) {
        stored("0123456789A", "cache-control", "max-age=60");
        TestShell.Answer answer = get("range", range);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.fields().first("content-range")).isEqualTo(contentRange);
        assertThat(shell.asked).isEmpty();
    }

    @Test
    void aRangeThatIsNotThereIsToldAndIfRangeIsHonoured() {
        stored("0123456789", "cache-control", "max-age=60", "etag", "\"1\"");

        TestShell.Answer none = get("range", "bytes=10-");
        assertThat(none.status()).isEqualTo(416);
        assertThat(none.fields().first("content-range")).isEqualTo("bytes */10");
        assertThat(get("range", "bytes=0-0", "if-range", "\"1\"").status()).isEqualTo(206);
        assertThat(get("range", "bytes=0-0", "if-range", "\"2\"").status()).isEqualTo(200);
        assertThat(get("range", "bytes=0-0", "if-range", "W/\"1\"").status()).isEqualTo(200);
    }

    @Test
    void partialAnswersAreNotStoredAsWholeOnes() {
        shell.origin =
                request -> shell.answer(206, "01", "cache-control", "max-age=60", "content-range", "bytes 0-1/10");

        assertThat(get("range", "bytes=0-1").status()).isEqualTo(206);
        assertThat(shell.store).isEmpty();
    }

    @Test
    void headIsAnsweredFromAStoredGetAndFreshensIt() {
        stored("hello", "cache-control", "max-age=2", "etag", "\"1\"");
        TestShell.Answer head = shell.send("HEAD", "/a", "");
        assertThat(head.cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(head.content()).isEmpty();

        later(3);
        shell.origin =
                request -> shell.answer(200, "", "etag", "\"1\"", "content-length", "5", "cache-control", "max-age=9");
        assertThat(shell.send("HEAD", "/a", "").cacheStatus()).isEqualTo("FreeFleet; fwd=stale");
        assertThat(shell.asked.getLast().method()).isEqualTo("HEAD");
        assertThat(get().cacheStatus()).isEqualTo("FreeFleet; hit; ttl=9");

        later(10);
        shell.origin = request -> shell.answer(200, "", "etag", "\"2\"", "content-length", "5");
        shell.send("HEAD", "/a", "");
        assertThat(shell.store).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "M-SEARCH"})
    void unsafeRequestsInvalidateTheirTargetAndWhatTheyName(String method) {
        for (String path : List.of("/a", "/b/c", "/b/d", "/other")) {
            shell.origin = request -> shell.answer(200, "x", "cache-control", "max-age=60");
            shell.send("GET", path, "");
        }
        assertThat(shell.store).hasSize(4);
        shell.origin = request -> shell.answer(500, "");
        shell.send(method, "/a", "z");
        assertThat(shell.store).hasSize(4);

        shell.origin =
                request -> shell.answer(201, "", "location", "http://Fleet.example/b/c", "content-location", "b/d?x#f");
        shell.send(method, "/a", "z", "host", "fleet.example");
        assertThat(shell.store).hasSize(2);
        shell.origin =
                request -> shell.answer(201, "", "location", "http://evil.example/other", "content-location", "/b/d#f");
        shell.send(method, "/a", "z", "host", "fleet.example");
        assertThat(shell.store).hasSize(1);
    }

    @Test
    void requestDirectivesAreHonoured() {
        stored("old", "cache-control", "max-age=60", "etag", "\"1\"");
        later(10);
        assertThat(get("cache-control", "max-age=11").text()).isEqualTo("old");
        assertThat(get("cache-control", "min-fresh=50").text()).isEqualTo("old");
        assertThat(get("cache-control", "only-if-cached").text()).isEqualTo("old");
        assertThat(get("pragma", "x").text()).isEqualTo("old");
        assertThat(get("pragma", "no-cache", "cache-control", "max-age=99").text())
                .isEqualTo("old");
        shell.origin = request -> shell.answer(304, "");
        for (String control : List.of("max-age=9", "min-fresh=51", "no-cache", "max-age=0")) {
            shell.asked.clear();
            get("cache-control", control);
            assertThat(shell.asked).as(control).hasSize(1);
            assertThat(shell.asked.getFirst().fields().has("if-none-match")).isTrue();
            later(10);
        }
        get("pragma", "no-cache");
        assertThat(shell.asked).hasSize(2);
        later(61);
        shell.asked.clear();
        assertThat(get("cache-control", "max-stale=5").usage().cache()).isEqualTo(CacheOutcome.STALE);
        assertThat(get("cache-control", "max-stale").cacheStatus()).contains("hit; ttl=-1");
        assertThat(shell.asked).isEmpty();
        assertThat(get("cache-control", "only-if-cached").status()).isEqualTo(504);
        get("cache-control", "max-stale=0");
        assertThat(shell.asked).hasSize(1);
    }

    @Test
    void anImmutableAnswerIsNotAskedForAgainOnReload() {
        stored("old", "cache-control", "max-age=60, immutable");
        later(10);

        assertThat(get("cache-control", "max-age=0").text()).isEqualTo("old");
        assertThat(get("cache-control", "no-cache").text()).isEqualTo("new");
    }

    @Test
    void staleWhileRevalidateServesAtOnceAndAsksBehindTheClientsBack() {
        stored("old", "cache-control", "max-age=2, stale-while-revalidate=10");
        shell.origin = request -> shell.answer(200, "new", "cache-control", "max-age=60");
        later(5);

        TestShell.Answer stale = get("if-none-match", "\"x\"");
        assertThat(stale.text()).isEqualTo("old");
        assertThat(stale.cacheStatus()).isEqualTo("FreeFleet; hit; ttl=-3; detail=stale-while-revalidate");
        assertThat(stale.usage().cache()).isEqualTo(CacheOutcome.STALE);
        assertThat(shell.asked).hasSize(1);
        assertThat(shell.asked.getFirst().fields().has("if-none-match")).isFalse();
        assertThat(get().text()).isEqualTo("new");
        assertThat(shell.asked).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-age=2, stale-if-error=60|true",
                "s-maxage=2, stale-if-error=60|true",
                "max-age=2, stale-if-error=1|false",
                "max-age=2|false",
                "max-age=2, must-revalidate, stale-if-error=60|false",
                "max-age=2, proxy-revalidate, stale-if-error=60|false",
                "max-age=2, no-cache, stale-if-error=60|false",
            })
    void staleIfErrorServesWhatIsThereWhenTheOriginFails(String control, boolean served) {
        stored("old", "cache-control", control, "etag", "\"1\"");
        later(5);
        shell.origin = request -> shell.answer(503, "sorry");
        TestShell.Answer answer = get();
        assertThat(answer.text()).isEqualTo(served ? "old" : "sorry");

        shell.origin = request -> new Event.OriginFailed(Event.Failure.UNREACHABLE);
        TestShell.Answer away = get();
        assertThat(away.status()).isEqualTo(served ? 200 : 502);
        if (served) {
            assertThat(answer.cacheStatus())
                    .isEqualTo("FreeFleet; fwd=stale; fwd-status=503; ttl=-3; detail=stale-if-error");
            assertThat(away.usage().cache()).isEqualTo(CacheOutcome.STALE);
        }
    }

    @Test
    void varyTellsAnswersApart() {
        shell.origin = request -> shell.answer(
                200, String.valueOf(request.fields().combined("foo")), "cache-control", "max-age=60", "vary", "Foo");
        assertThat(get("foo", "1").text()).isEqualTo("1");
        assertThat(get("foo", "2").text()).isEqualTo("2");
        assertThat(get().text()).isEqualTo("null");
        shell.asked.clear();

        assertThat(get("foo", "1").text()).isEqualTo("1");
        assertThat(get("foo", "2").text()).isEqualTo("2");
        assertThat(get().text()).isEqualTo("null");
        assertThat(shell.asked).isEmpty();
        assertThat(get("foo", "3").cacheStatus()).isEqualTo("FreeFleet; fwd=vary-miss; stored");
        get("foo", "1, 2");
        shell.asked.clear();
        assertThat(get("foo", "1", "foo", "2").cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(get("foo", "1,2").cacheStatus()).startsWith("FreeFleet; hit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*, *", ", *", "Foo, *", "*, Foo"})
    void varyByAnythingIsNotStored(String vary) {
        shell.origin = request -> shell.answer(200, "x", "cache-control", "max-age=60", "vary", vary);
        get();

        assertThat(shell.store).isEmpty();
    }

    @Test
    void fieldsThatAreNotToBeReusedAreNotStored() {
        stored(
                "old",
                "cache-control",
                "max-age=60, no-cache=\"a, b\", private=\"c\"",
                "a",
                "1",
                "b",
                "2",
                "c",
                "3",
                "d",
                "4");

        Fields fields = get().fields();
        assertThat(fields.has("a") || fields.has("b") || fields.has("c")).isFalse();
        assertThat(fields.first("d")).isEqualTo("4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-age=60|no-store|true",
                "max-age=0|max-age=60|false",
                "no-store|max-age=60|false",
                "max-age=60, a=\"open|max-age=0|false",
                "MAX-AGE=60|max-age=0|false",
                "|max-age=60|true",
                "max-age=60;x=1, foo=(|max-age=0|false",
            })
    void targetedCacheControlComesFirst(String targeted, String control, boolean hit) {
        shell.origin = request -> shell.answer(
                200, "old", "cdn-cache-control", targeted == null ? "" : targeted, "cache-control", control);
        get();
        shell.asked.clear();
        get();

        assertThat(shell.asked).hasSize(hit ? 0 : 1);
    }

    @Test
    void mustUnderstandStoresWhatIsUnderstoodAlone() {
        shell.origin = request -> shell.answer(599, "x", "cache-control", "max-age=60, must-understand");
        get();
        assertThat(shell.store).isEmpty();
        shell.origin = request -> shell.answer(200, "x", "cache-control", "max-age=60, must-understand, no-store");
        get();
        assertThat(shell.store).hasSize(1);
    }

    @Test
    void heuristicsAreATenthOfTheTimeSinceTheLastChange() {
        stored("old", "last-modified", date(-1_000));
        later(99);
        assertThat(get().text()).isEqualTo("old");
        later(2);
        assertThat(get().text()).isEqualTo("new");
    }

    @Test
    void aQueryIsKeyedByItsContentAndForgottenWithItsUri() {
        shell.origin = request -> shell.answer(
                200,
                new String(request.content(), java.nio.charset.StandardCharsets.UTF_8),
                "cache-control",
                "max-age=60");
        String[] type = {"content-type", "text/plain"};
        assertThat(shell.send("QUERY", "/a", "one", type).text()).isEqualTo("one");
        assertThat(shell.send("QUERY", "/a", "two", type).text()).isEqualTo("two");
        assertThat(shell.send("QUERY", "/a", "one", type).cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(shell.send("QUERY", "/a", "one", "content-type", "a/b").cacheStatus())
                .isEqualTo("FreeFleet; fwd=vary-miss; stored");
        shell.origin = request -> shell.answer(204, "");
        shell.send("DELETE", "/a", "");
        assertThat(shell.store).isEmpty();
    }
}
