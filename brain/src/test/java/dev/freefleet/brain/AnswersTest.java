package dev.freefleet.brain;

import static dev.freefleet.brain.BrainFixture.json;
import static dev.freefleet.brain.BrainFixture.timeless;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the calls answer, over real sockets, from a manual whose answers are known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswersTest {

    private static final String QUESTION = "{\"query\": \"how do I get rid of limescale?\"}";

    private BrainFixture fixture;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        fixture = BrainFixture.in(temporary).withManual();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    @Test
    void answersAQuestionWithTheSentencesAndSourcesThatSayIt() {
        HttpResponse<String> response = fixture.post("/query", QUESTION);
        JsonNode answer = json(response);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Cache-Control")).isEmpty();
        assertThat(response.headers().firstValue("X-Index-Version"))
                .hasValue(json(fixture.get("/health")).get("last_update").textValue());
        assertThat(answer.get("answer").textValue()).contains("vinegar");
        JsonNode source = answer.at("/sources/0");
        assertThat(source.get("id").textValue()).isEqualTo("guide/care.md#caring-for-the-kettle");
        assertThat(source.get("type").textValue()).isEqualTo("markdown");
        assertThat(source.get("content").textValue()).contains("rinse it three times");
        assertThat(source.at("/metadata/title").textValue()).isEqualTo("Caring for the kettle");
        assertThat(source.at("/metadata/path").textValue()).isEqualTo("guide/care.md");
        assertThat(answer.get("confidence").doubleValue())
                .isBetween(0.1, 1.0)
                .isEqualTo(source.get("confidence").doubleValue());
        assertThat(answer.get("processing_time_ms").isIntegralNumber()).isTrue();
    }

    @Test
    void givesTheSameAnswerByEveryMethodAndAgain() {
        JsonNode posted = timeless(fixture.post("/query", QUESTION));
        JsonNode queried = timeless(fixture.send(fixture.request("/query")
                .header("Content-Type", "application/json; charset=utf-8")
                .method("QUERY", BodyPublishers.ofString(QUESTION))));
        JsonNode got = timeless(fixture.get("/query?q=how+do+I+get%20rid+of+limescale%3F"));
        assertThat(queried).isEqualTo(posted);
        assertThat(got).isEqualTo(posted);
        assertThat(timeless(fixture.post("/query", QUESTION))).isEqualTo(posted);
    }

    @Test
    void honoursTheLimit() {
        assertThat(json(fixture.post("/query", "{\"query\": \"kettle\", \"limit\": 1}"))
                        .get("sources"))
                .hasSize(1);
        assertThat(json(fixture.get("/query?q=kettle&limit=2")).get("sources")).hasSize(2);
    }

    @Test
    void takesTheContextIntoAccount() {
        JsonNode bare = json(fixture.post("/query", "{\"query\": \"how long?\"}"));
        JsonNode tea = json(fixture.post(
                "/query", "{\"query\": \"how long?\", \"context\": \"We are brewing black tea and green tea.\"}"));
        assertThat(tea.at("/sources/0/metadata/path").textValue()).isEqualTo("notes.txt");
        assertThat(bare.get("sources")).isNotEqualTo(tea.get("sources"));
    }

    @Test
    void saysSoWhenNothingAnswers() {
        JsonNode answer = json(fixture.post("/query", "{\"query\": \"Who won the 1998 football world cup?\"}"));
        assertThat(answer.get("answer").textValue()).isEqualTo("Nothing in the index answers this.");
        assertThat(answer.get("confidence").doubleValue()).isLessThan(0.05);
    }

    @Test
    void answersHeadLikeGetWithoutContent() {
        HttpResponse<String> head =
                fixture.send(fixture.request("/query?q=limescale").HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
    }

    @Test
    void smartFiltersByFolderDocumentScoreAndVerdict() {
        JsonNode folder = json(fixture.post(
                "/query/smart", "{\"query\": \"kettle\", \"filters\": {\"source\": \"Guide/\"}, \"limit\": 50}"));
        assertThat(folder.get("sources"))
                .isNotEmpty()
                .allSatisfy(source ->
                        assertThat(source.at("/metadata/path").textValue()).startsWith("guide/"));
        JsonNode document = json(fixture.post(
                "/query/smart", "{\"query\": \"kettle\", \"filters\": {\"source\": \"warranty.html#warranty\"}}"));
        assertThat(document.get("sources"))
                .isNotEmpty()
                .allSatisfy(source ->
                        assertThat(source.at("/metadata/path").textValue()).isEqualTo("warranty.html"));
        JsonNode all = json(fixture.post("/query/smart", "{\"query\": \"limescale in the kettle\", \"limit\": 50}"));
        JsonNode sure = json(fixture.post(
                "/query/smart",
                "{\"query\": \"limescale in the kettle\", \"limit\": 50, \"filters\": {\"min_score\": 0.3}}"));
        assertThat(sure.get("sources").size())
                .isPositive()
                .isLessThan(all.get("sources").size());
        assertThat(sure.get("sources"))
                .allSatisfy(source ->
                        assertThat(source.get("confidence").doubleValue()).isGreaterThanOrEqualTo(0.3));
        JsonNode weak = json(fixture.post(
                "/query/smart",
                "{\"query\": \"limescale in the kettle\", \"limit\": 50, \"filters\": {\"verdict\": \"weak\"}}"));
        assertThat(weak.get("sources"))
                .isNotEmpty()
                .allSatisfy(source ->
                        assertThat(source.at("/metadata/verdict").textValue()).isEqualTo("weak"));
    }

    @Test
    void smartSortsByDateAndByEngagement() {
        JsonNode newest =
                json(fixture.post("/query/smart", "{\"query\": \"kettle\", \"sort_by\": \"date\", \"limit\": 50}"));
        assertThat(newest.get("sources").findValuesAsText("date"))
                .isSortedAccordingTo(java.util.Comparator.reverseOrder());
        JsonNode linked = json(
                fixture.post("/query/smart", "{\"query\": \"kettle\", \"sort_by\": \"engagement\", \"limit\": 50}"));
        assertThat(linked.at("/sources/0/metadata/path").textValue()).isEqualTo("guide/care.md");
        assertThat(linked.at("/sources/0/metadata/engagement").intValue()).isEqualTo(2);
    }

    @Test
    void wisdomStaysInsideItsDomain() {
        JsonNode guide = json(fixture.post("/wisdom", "{\"domain\": \"guide\", \"query\": \"what about limescale?\"}"));
        assertThat(guide.get("sources"))
                .isNotEmpty()
                .allSatisfy(source ->
                        assertThat(source.at("/metadata/path").textValue()).startsWith("guide/"));
        JsonNode byTitle = json(fixture.post("/wisdom", "{\"domain\": \"Warranty\", \"query\": \"limescale\"}"));
        assertThat(byTitle.at("/sources/0/metadata/path").textValue()).isEqualTo("warranty.html");
        JsonNode none = json(fixture.post("/wisdom", "{\"domain\": \"astronomy\", \"query\": \"limescale\"}"));
        assertThat(none.get("sources")).isEmpty();
        assertThat(none.get("confidence").doubleValue()).isZero();
    }

    @Test
    void findsEntitiesAndFiltersThemByType() {
        String text =
                "On 23 November 2026 Ada Lovelace asked api@example.org about StringUtils.isBlank in v3.20.0 of the SDK.";
        JsonNode all = json(fixture.post(
                "/entities",
                BrainFixture.JSON.createObjectNode().put("text", text).toString()));
        assertThat(all.get("entities").findValuesAsText("text"))
                .containsExactly(
                        "23 November 2026", "Ada Lovelace", "api@example.org", "StringUtils.isBlank", "v3.20.0", "SDK");
        assertThat(all.get("entities").findValuesAsText("type"))
                .containsExactly("date", "name", "email", "identifier", "version", "acronym");
        assertThat(all.at("/entities/1/context").textValue()).contains("Ada Lovelace asked");
        JsonNode dates = json(fixture.post(
                "/entities",
                BrainFixture.JSON
                        .createObjectNode()
                        .put("text", text)
                        .set("types", BrainFixture.JSON.createArrayNode().add("date"))
                        .toString()));
        assertThat(dates.get("entities").findValuesAsText("text")).containsExactly("23 November 2026");
    }

    @Test
    void tellsInsightsCountedFromTheIndex() {
        JsonNode insights = json(fixture.post("/insights", "{}")).get("insights");
        assertThat(insights.findValuesAsText("category")).contains("activity", "terms", "topics", "freshness");
        assertThat(insights).allSatisfy(insight -> {
            assertThat(insight.get("data_points").intValue()).isPositive();
            assertThat(insight.get("confidence").doubleValue()).isBetween(0.5, 1.0);
            assertThat(insight.get("generated_at").textValue()).isEqualTo("2026-11-20T12:00:00Z");
        });
        JsonNode added = json(fixture.post("/insights", "{\"time_range\": \"24h\", \"category\": \"activity\"}"));
        assertThat(added.at("/insights/0/text").textValue()).startsWith("4 documents added in the last 24 hours");
        assertThat(added.at("/insights/0/data_points").intValue()).isEqualTo(4);
        JsonNode stale = json(fixture.post("/insights", "{\"category\": \"freshness\", \"limit\": 1}"));
        assertThat(stale.at("/insights/0/text").textValue()).contains("\"Warranty\" (warranty.html) of 2020-02-03");
        JsonNode topics = json(fixture.post("/insights", "{\"category\": \"topics\"}"));
        assertThat(topics.at("/insights/0/text").textValue()).startsWith("guide holds 2 documents with ");
    }

    @Test
    void tellsItsHealth() {
        JsonNode health = json(fixture.get("/health"));
        assertThat(health.get("status").textValue()).isEqualTo("healthy");
        assertThat(health.get("database_status").textValue()).isEqualTo("ok");
        assertThat(health.get("total_records").intValue())
                .isEqualTo(fixture.brain.status().passages())
                .isGreaterThanOrEqualTo(4);
        assertThat(health.get("last_update").textValue())
                .isEqualTo(fixture.brain.status().lastUpdate().toString());
        assertThat(health.get("response_time_ms").isIntegralNumber()).isTrue();
        assertThat(health.get("service_uptime_hours").isNumber()).isTrue();
    }

    @Test
    void countsRequestsByCallSoThatACacheCanBeProven() {
        String line = "brain_requests_total{call=\"wisdom\",method=\"POST\",status=\"400\"}";
        double before = counter(line);
        fixture.post("/wisdom", "{}");
        fixture.get("/health");
        assertThat(counter(line)).isEqualTo(before + 1);
        assertThat(fixture.get("/metrics").headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(counter("brain_documents ")).isEqualTo(4);
    }

    private double counter(String line) {
        return fixture.get("/metrics")
                .body()
                .lines()
                .filter(one -> one.startsWith(line))
                .mapToDouble(one -> Double.parseDouble(one.substring(one.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void answersInTheProcessToo() {
        assertThat(fixture.brain
                        .ask("how long for green tea?", 3)
                        .sources()
                        .getFirst()
                        .metadata()
                        .path())
                .isEqualTo("notes.txt");
    }
}
