package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.edge.UsageQuestion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionPolicyTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Redaction EVERYTHING = Redaction.of(EnumSet.allOf(Sensitive.class), Map.of());
    private static final byte[] SECRET = "an example secret of 32 bytes...".getBytes(StandardCharsets.US_ASCII);

    private static UsageEvent asked(@Nullable String text) {
        return TestEvents.event(UUID.randomUUID().toString(), NOON, text);
    }

    @Test
    void theDigestIsKeyedAndTheSameForTheSameQuestion() throws Exception {
        QuestionPolicy policy = new QuestionPolicy(Map.of(), Redaction.NONE, SECRET);
        UsageEvent event = asked("What is a fleet?");
        String keyed = policy.apply(event).queryDigest();

        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        byte[] expected = mac.doFinal(HexFormat.of().parseHex(String.valueOf(event.queryDigest())));
        assertThat(keyed).isEqualTo(HexFormat.of().formatHex(expected, 0, 16)).isNotEqualTo(event.queryDigest());
        assertThat(policy.apply(asked("another text of the same digest")).queryDigest())
                .isEqualTo(keyed);
    }

    /** What is made of questions that come again is what each would become alone, whichever come between. */
    @Test
    void whatComesAgainIsKeptAsItWasTheFirstTime() {
        QuestionPolicy policy = new QuestionPolicy(Map.of(), EVERYTHING, SECRET);
        Random random = new Random(5);
        Map<Integer, UsageQuestion> held = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            int n = random.nextInt(random.nextBoolean() ? 20 : 4_000);
            String text =
                    n % 5 == 0 ? "x".repeat(300) + n : "ask ada" + n + "@example.org about card 4111 1111 1111 1111";
            UsageEvent fresh = asked(n % 7 == 0 ? null : text);
            UsageEvent event = on("query", held.computeIfAbsent(n, number -> requireNonNull(fresh.question())));
            UsageEvent kept = policy.apply(event);
            assertThat(kept.question())
                    .isEqualTo(new QuestionPolicy(Map.of(), EVERYTHING, SECRET)
                            .apply(fresh)
                            .question());
            assertThat(row(event, policy.columns(event))).isEqualTo(row(kept));
        }
    }

    @Test
    void aRouteMayKeepLessThanTheOthers() {
        QuestionPolicy off = new QuestionPolicy(Map.of("query", EdgePolicy.QueryText.OFF), Redaction.NONE, SECRET);
        QuestionPolicy digest =
                new QuestionPolicy(Map.of("query", EdgePolicy.QueryText.DIGEST), Redaction.NONE, SECRET);
        QuestionPolicy other = new QuestionPolicy(Map.of("other", EdgePolicy.QueryText.OFF), Redaction.NONE, null);
        UsageEvent event = asked("What is a fleet?");

        assertThat(off.apply(event).queryText()).isNull();
        assertThat(off.apply(event).queryDigest()).isNull();
        assertThat(digest.apply(event).queryText()).isNull();
        assertThat(digest.apply(event).queryDigest()).hasSize(32);
        assertThat(other.apply(event)).isEqualTo(event);
        for (QuestionPolicy policy : new QuestionPolicy[] {off, digest, other}) {
            assertThat(row(event, policy.columns(event))).isEqualTo(row(policy.apply(event)));
        }
    }

    /** The object is the edge's, which knows nothing of policies. */
    @Test
    void whatOnePolicyMadeOfAQuestionIsNotAnothers() {
        UsageEvent event = asked("who is ada@example.org?");
        for (int i = 0; i < 2; i++) {
            for (Redaction redaction : List.of(Redaction.NONE, EVERYTHING)) {
                for (EdgePolicy.QueryText keep : EdgePolicy.QueryText.values()) {
                    QuestionPolicy policy = new QuestionPolicy(Map.of("query", keep), redaction, SECRET);
                    UsageEvent alone = policy.apply(asked("who is ada@example.org?"));
                    assertThat(policy.apply(event).question()).isEqualTo(alone.question());
                    assertThat(policy.columns(event)).isEqualTo(policy.columns(asked("who is ada@example.org?")));
                }
            }
        }
    }

    @Test
    void aRouteThatKeepsLessIsNotGivenWhatAnotherMadeOfTheSameQuestion() {
        QuestionPolicy policy =
                new QuestionPolicy(Map.of("secret", EdgePolicy.QueryText.DIGEST), Redaction.NONE, SECRET);
        UsageQuestion question = UsageQuestion.of("0123456789abcdef0123456789abcdef", "what is the plan?");
        for (int i = 0; i < 2; i++) {
            assertThat(policy.apply(on("query", question)).queryText()).isEqualTo("what is the plan?");
            assertThat(policy.apply(on("secret", question)).queryText()).isNull();
        }
    }

    private static UsageEvent on(String route, @Nullable UsageQuestion question) {
        return new UsageEvent("id", 0, 0, 0, route, "GET", 200, CacheOutcome.HIT, 0, 0, 0, 0, question, "edge");
    }

    /** The edge holds thousands of questions. */
    @Test
    void onlyWhatIsSmallIsLeftWithAQuestion() {
        QuestionPolicy policy = new QuestionPolicy(Map.of(), EVERYTHING, SECRET);
        UsageEvent small = asked("x".repeat(256));
        UsageEvent large = asked("x".repeat(257));
        policy.apply(small);
        policy.apply(large);
        UsageEvent swelling = asked("1".repeat(200));
        QuestionPolicy names = new QuestionPolicy(Map.of(), Redaction.of(Set.of(), Map.of("customer", "1")), SECRET);
        assertThat(names.apply(swelling).queryText()).hasSizeGreaterThan(256);
        assertThat(requireNonNull(swelling.question()).made()).isNull();
        assertThat(requireNonNull(small.question()).made()).isNotNull();
        assertThat(policy.columns(small)).isSameAs(policy.columns(small));
        assertThat(requireNonNull(large.question()).made()).isNull();
    }

    /** As it stands in the ring, with this for its question. */
    private static byte[] row(UsageEvent event, byte[] question) {
        RowBatch batch = new RowBatch();
        return Arrays.copyOf(batch.array(), batch.only(event, question));
    }

    /** As a batch encodes it. */
    private static byte[] row(UsageEvent event) {
        RowBatch batch = new RowBatch();
        batch.add(event);
        return Arrays.copyOf(batch.array(), batch.size());
    }

    /** The edge cuts questions at 2,000 characters; half a card number has no check digit that would give it away. */
    @Test
    void whatTheEdgeCutInTwoIsNotKept() {
        String half = "x ".repeat(992) + "4111 1111 1111 1";
        assertThat(half).hasSize(2_000);

        String kept = new QuestionPolicy(Map.of(), EVERYTHING, null)
                .apply(asked(half))
                .queryText();
        assertThat(kept).doesNotContain("4").startsWith("x x x").hasSizeGreaterThan(1_900);
        assertThat(new QuestionPolicy(Map.of(), Redaction.NONE, null)
                        .apply(asked(half))
                        .queryText())
                .isEqualTo(half);
    }

    @Test
    void aSecretHas32BytesAndADigestThatIsNoneIsNotKept() {
        assertThatThrownBy(() -> new QuestionPolicy(Map.of(), Redaction.NONE, new byte[31]))
                .hasMessageContaining("32 bytes");
        UsageEvent odd = new UsageEvent(
                "id", 0, 0, 0, "query", "POST", 200, CacheOutcome.MISS, 0, 0, 0, 0, "What is a fleet?", null, "edge");
        assertThat(new QuestionPolicy(Map.of(), Redaction.NONE, SECRET)
                        .apply(odd)
                        .queryDigest())
                .isNull();
    }

    /** A secret in a question: it reaches the spool's files and the tables as little as a log. */
    @Test
    void secretsInQueryTextReachNoDisk(@TempDir Path folder) throws Exception {
        TestClock clock = new TestClock("2026-11-23T12:00:00Z");
        QuestionPolicy policy = new QuestionPolicy(Map.of(), EVERYTHING, SECRET);
        DataConfig.External database = TestServer.newDatabase();
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), clock)) {
            // Nobody reads the spool while the role may not log in.
            TestServer.execute(TestServer.superuser(), "alter role " + database.user() + " nologin");
            try (UsageIngest ingest = plane.ingest(
                    IngestConfig.DEFAULTS.withSpool(folder.resolve("spool")).withQuestions(policy))) {
                ingest.offer(asked("why is sk-proj-THEsecretTHEsecretTHEsecret refused for ada@example.org?"));
                eventually("it is in the spool", () -> ingest.spooled() == 1);
                assertThat(bytesOf(folder))
                        .contains("why is [secret] refused for [email]?")
                        .doesNotContain("THEsecret");
                TestServer.execute(TestServer.superuser(), "alter role " + database.user() + " login");
                eventually("it is written", () -> ingest.written() == 1);
            }
            assertThat(plane.usage().recent(UsageFilter.between(Instant.EPOCH, Instant.MAX), 1))
                    .extracting(UsageEvent::queryText)
                    .containsExactly("why is [secret] refused for [email]?");
        }
    }

    private static String bytesOf(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
