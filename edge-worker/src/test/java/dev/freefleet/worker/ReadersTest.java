package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.edgesync.FleetWriters;
import dev.freefleet.edgesync.PolicyJson;
import dev.freefleet.testkit.Workerd;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.teavm.backend.javascript.JSModuleType;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;

/**
 * The Worker's readers of what comes from outside it, in workerd: what the fleet writes is read as it was meant, and whatever
 * else comes is refused, never a fault.
 */
class ReadersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = Path.of("target", "readers").toAbsolutePath();
    private static final String KEY = "query:0123";
    private static final List<String> TEXTS = List.of("", "a", "x-b", "ä€𝄞", "\"\\\n\u0000", "notes/a.md");
    private static final String ENTRY = """
            import { policy, sync, envelope, rehearse, rehearsal } from './probe.mjs'

            rehearse()

            const read = {
              '/rehearsal': () => rehearsal(),
              '/policy': bytes => policy(new TextDecoder().decode(bytes)),
              '/sync': bytes => sync(new TextDecoder().decode(bytes)),
              '/envelope': bytes => envelope('query:0123', bytes)
            }

            export default {
              async fetch(request) {
                const bytes = new Int8Array(await request.arrayBuffer())
                try {
                  return new Response(read[new URL(request.url).pathname](bytes))
                } catch (fault) {
                  return new Response(String(fault && fault.stack || fault), { status: 500 })
                }
              }
            }
            """;

    @SuppressWarnings("NullAway.Init")
    private static Workerd workerd;

    @SuppressWarnings("NullAway.Init")
    private static HttpClient http;

    @BeforeContainer
    static void compile() throws Exception {
        Files.createDirectories(FOLDER);
        TeaVMTool tool = new TeaVMTool();
        tool.setTargetType(TeaVMTargetType.JAVASCRIPT);
        tool.setJsModuleType(JSModuleType.ES2015);
        tool.setMainClass(ReadersProbe.class.getName());
        tool.setTargetDirectory(FOLDER.toFile());
        tool.setTargetFileName("probe.mjs");
        tool.setObfuscated(false);
        tool.setClassLoader(ReadersTest.class.getClassLoader());
        tool.generate();
        assertThat(tool.getProblemProvider().getSevereProblems()).isEmpty();
        String options = JSON.createObjectNode()
                .set(
                        "modules",
                        JSON.createObjectNode()
                                .<ObjectNode>set(
                                        "index.js", JSON.createObjectNode().put("contents", ENTRY))
                                .put("probe.mjs", FOLDER.resolve("probe.mjs").toString()))
                .toString();
        workerd = Workerd.start(WorkerUnderTest.NPM, WorkerUnderTest.INSTALLED, options);
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterContainer
    static void end() {
        workerd.close();
        http.close();
    }

    private static String read(String what, byte[] content) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(workerd.url().resolve("/" + what))
                .POST(HttpRequest.BodyPublishers.ofByteArray(content))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(() -> "a fault of the reader: " + answer.body() + "\nof: "
                        + new String(content, StandardCharsets.UTF_8))
                .isEqualTo(200);
        return answer.body();
    }

    private static String read(String what, String content) throws IOException, InterruptedException {
        return read(what, content.getBytes(StandardCharsets.UTF_8));
    }

    @Example
    void theRehearsalNeedsNoIoAndIsOverBeforeTheFirstRequest() throws Exception {
        assertThat(read("rehearsal", "")).isEqualTo("is over");
    }

    @Property(tries = 200)
    void aPolicyOfTheFleetIsReadAsItWasMeant(@ForAll Random random) throws Exception {
        EdgePolicy policy = policy(random);
        assertThat(read("policy", text(policy))).isEqualTo(PolicyText.of(policy));
    }

    @Property(tries = 500)
    void aBrokenPolicyIsReadOrRefusedInWords(@ForAll Random random) throws Exception {
        String answer = read("policy", broken(random, text(policy(random))));
        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text).startsWith("cloudflare\n"),
                        text -> assertThat(text)
                                .startsWith(ReadersProbe.REFUSED)
                                .hasSizeGreaterThan(15),
                        text -> assertThat(text).contains("RateLimit["));
    }

    @Property(tries = 500)
    void aBrokenSyncIsReadOrRefusedInWords(@ForAll Random random) throws Exception {
        assertThat(read("sync", SYNC)).startsWith(ReadersProbe.READ).contains("00ff KeyToken[");
        String answer = read("sync", broken(random, SYNC));
        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text).startsWith(ReadersProbe.READ),
                        text -> assertThat(text)
                                .startsWith(ReadersProbe.REFUSED)
                                .hasSizeGreaterThan(15));
    }

    /** What is missing is not the same as none. */
    @Example
    void aSyncThatDoesNotSayWhichKeysAreRevokedIsNone() throws Exception {
        assertThat(read("sync", SYNC.replace("\"revoked\"", "\"other\"")))
                .isEqualTo(ReadersProbe.REFUSED + "the last state holds");
        assertThat(read("sync", SYNC.replace("\"keys\"", "\"other\"")))
                .isEqualTo(ReadersProbe.REFUSED + "the last state holds");
    }

    @Property(tries = 500)
    void aSyncOfTheFleetIsReadAsItWasMeant(@ForAll Random random) throws Exception {
        SyncFacts facts = SyncFacts.random(random);
        assertThat(read("sync", facts.written())).isEqualTo(ReadersProbe.READ + FleetStateText.of(facts.meant()));
    }

    @Property(tries = 200)
    void anAnswerThatTheFleetPutsIntoKvIsReadAsItWasMeant(@ForAll Random random) throws Exception {
        List<byte[]> contents = new ArrayList<>();
        StoredAnswer answer = stored(random, contents);
        byte[] content = contents.getFirst();
        assertThat(read("envelope", FleetWriters.answer(KEY, answer, content)))
                .isEqualTo(AnswersText.of(answer, content));
    }

    @Property(tries = 200)
    void whatIsStoredIsReadAsItWasWritten(@ForAll Random random) throws Exception {
        ObjectNode head = JSON.createObjectNode().put("version", 1).put("key", KEY);
        StringBuilder expected = new StringBuilder();
        List<byte[]> contents = new ArrayList<>();
        int variants = random.nextInt(4);
        if (variants == 0) {
            expected.append(answer(random, head, contents)); // as the fleet writes it into KV
        }
        ArrayNode all = variants == 0 ? JSON.createArrayNode() : head.putArray("variants");
        for (int i = 0; i < variants; i++) {
            expected.append(answer(random, all.addObject(), contents));
        }
        assertThat(read("envelope", entry(head, contents))).isEqualTo(expected.toString());
    }

    @Property(tries = 500)
    void whatWasNotWrittenSoIsNothingOrAnAnswerAndNeverAFault(@ForAll Random random) throws Exception {
        ObjectNode head = JSON.createObjectNode().put("version", 1).put("key", KEY);
        List<byte[]> contents = new ArrayList<>();
        answer(random, head.putArray("variants").addObject(), contents);
        byte[] bytes = random.nextBoolean()
                ? (broken(random, head.toString()) + "\n" + new String(contents.getFirst(), StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8)
                : flipped(random, entry(head, contents));
        assertThat(read("envelope", bytes)).doesNotStartWith("read as ").isNotEmpty();
    }

    /** JSON has no largest number, and what is beyond a double is infinite to the runtime's reader. */
    @Example
    void aNumberBeyondAllBoundsIsNone() throws Exception {
        for (String number : List.of("17627159e7979", "-1e999", "1e300", "9007199254740993")) {
            assertThat(read("sync", SYNC.replace("86400000", number)))
                    .isEqualTo(read("sync", SYNC.replace("86400000", "0")));
            ObjectNode head = JSON.createObjectNode().put("version", 1).put("key", KEY);
            List<byte[]> contents = new ArrayList<>();
            answer(new Random(1), head.putArray("variants").addObject(), contents);
            String large = head.toString().replaceAll("\"request_ms\":[0-9]+", "\"request_ms\":" + number);
            assertThat(large).contains(number);
            assertThat(read("envelope", large + "\n")).doesNotStartWith("read as ");
        }
    }

    private static final String SYNC = """
            {"version": 1, "hold_ms": 86400000, "complete": true,
             "brain": {"status": "healthy", "index": "2026-11-20T08:00:00Z"},
             "revoked": [7, 12],
             "keys": [{"id": 42, "rate": {"requests": 60, "period_ms": 60000, "burst": 60},
                       "quotas": [{"requests": 1000, "period": "day"}], "scopes": ["query"], "addresses": ["192.0.2.0/24"],
                       "valid_until": 0, "exhausted_until": 0, "max_concurrent": 0, "plan": null}],
             "imported": {"00ff": {"secret_version": 1, "key_id": 42, "user_id": 1, "expires": 0, "plan": "default"}},
             "purges": {"floor": 0, "last": [{"seq": 7, "at": 1764000000000, "route": "query", "tag": "notes/a.md", "key": null}]},
             "hot": ["query:0123"]}""";

    // What is written.

    private static String text(EdgePolicy policy) {
        return PolicyJson.of(
                policy,
                "cloudflare",
                new PolicyJson.Origin(URI.create("https://fleet.example.org"), null, "x-fleet-secret", 300_000, null),
                new PolicyJson.Questions(Map.of("route1", EdgePolicy.QueryText.DIGEST), true));
    }

    private static EdgePolicy policy(Random random) {
        Map<String, EdgePolicy.Plan> plans = new HashMap<>();
        plans.put("default", plan(random));
        for (int i = random.nextInt(3); i > 0; i--) {
            plans.put("plan" + i, plan(random));
        }
        List<Route> routes = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            routes.add(new Route(
                    "route" + i,
                    new HashSet<>(Arrays.asList("GET", "POST", "QUERY").subList(0, random.nextInt(4))),
                    one(random, List.of("/", "/query", "/site/**", "/a/*/b")),
                    one(random, List.of(Route.Auth.values())),
                    random.nextBoolean() ? null : rate(random),
                    random.nextInt(1 << 30),
                    100 + random.nextInt(599_900),
                    cache(random),
                    random.nextBoolean()));
        }
        return new EdgePolicy(
                "cloudflare",
                routes,
                plans,
                rate(random),
                rate(random),
                List.of(),
                new EdgePolicy.Cors(
                        new HashSet<>(Arrays.asList("https://a.example", "*").subList(0, random.nextInt(3))),
                        random.nextInt(86_400)),
                one(random, List.of(EdgePolicy.QueryText.values())),
                random.nextInt(63_072_000));
    }

    private static EdgePolicy.Plan plan(Random random) {
        List<Quota> quotas = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            quotas.add(new Quota(1 + random.nextInt(999_999_999), one(random, List.of(Quota.Period.values()))));
        }
        return new EdgePolicy.Plan(rate(random), quotas, 1 + random.nextInt(9_999), random.nextInt(21) - 10);
    }

    private static RateLimit rate(Random random) {
        return new RateLimit(
                1 + random.nextInt(999_999), 1_000 + random.nextInt(86_399_000), 1 + random.nextInt(999_999));
    }

    private static CacheRule cache(Random random) {
        CacheRule.Stale stale = new CacheRule.Stale(
                (long) (random.nextDouble() * 31_536_000_000L),
                random.nextInt(Integer.MAX_VALUE),
                random.nextInt(600_000));
        return switch (random.nextInt(3)) {
            case 0 -> new CacheRule.Off();
            case 1 ->
                new CacheRule.Http(
                        random.nextInt(1 << 30),
                        random.nextBoolean(),
                        stale,
                        random.nextBoolean(),
                        random.nextBoolean());
            default ->
                new CacheRule.Query(
                        one(random, List.of(CacheRule.Scope.values())),
                        (long) (random.nextDouble() * 31_536_000_000L),
                        random.nextInt(1 << 30),
                        random.nextBoolean() ? null : one(random, TEXTS),
                        stale,
                        List.of("accept-language", "x-b").subList(0, random.nextInt(3)),
                        random.nextBoolean(),
                        new AnswerTags(List.of("/sources/*/id", "/a~1b/0").subList(0, random.nextInt(3))),
                        random.nextBoolean());
        };
    }

    private static StoredAnswer stored(Random random, List<byte[]> contents) {
        byte[] content = new byte[random.nextInt(40)];
        random.nextBytes(content);
        contents.add(content);
        long time = 1_764_000_000_000L + random.nextInt();
        return new StoredAnswer(
                200 + random.nextInt(300),
                Fields.of("content-type", "text/plain", "x-a", one(random, List.of("", "1", "a b"))),
                time,
                time + 5,
                Fields.empty(),
                one(random, TEXTS),
                TEXTS.subList(0, random.nextInt(TEXTS.size())),
                () -> content.length);
    }

    private static String answer(Random random, ObjectNode json, List<byte[]> contents) {
        StoredAnswer answer = stored(random, contents);
        json.put("status", answer.status());
        pairs(json.putArray("fields"), answer.fields());
        json.put("request_ms", answer.requestMillis()).put("response_ms", answer.responseMillis());
        if (random.nextBoolean()) {
            json.putArray("selecting");
        }
        json.put("index", answer.indexVersion()).put("length", contents.getLast().length);
        answer.tags().forEach(json.putArray("tags")::add);
        return AnswersText.of(answer, contents.getLast());
    }

    private static void pairs(ArrayNode list, Fields fields) {
        fields.forEach((name, value) -> list.addArray().add(name).add(value));
    }

    private static byte[] entry(ObjectNode head, List<byte[]> contents) {
        byte[] line = (head + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(
                line,
                line.length
                        + contents.stream().mapToInt(content -> content.length).sum());
        int at = line.length;
        for (byte[] content : contents) {
            System.arraycopy(content, 0, all, at, content.length);
            at += content.length;
        }
        return all;
    }

    // What breaks it.

    private static byte[] flipped(Random random, byte[] bytes) {
        byte[] other = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
        if (other.length > 0) {
            other[random.nextInt(other.length)] = (byte) random.nextInt(256);
        }
        return other;
    }

    /** The same JSON with something else in some place, or no JSON at all. */
    private static String broken(Random random, String text) throws IOException {
        if (random.nextInt(10) == 0) {
            return text.substring(0, random.nextInt(text.length()));
        }
        JsonNode json = JSON.readTree(text);
        JsonNode at = json;
        @Nullable ContainerNode<?> parent = null;
        String name = "";
        int index = 0;
        while (at instanceof ContainerNode<?> container
                && !container.isEmpty()
                && (parent == null || random.nextInt(4) > 0)) {
            parent = container;
            index = random.nextInt(container.size());
            if (container instanceof ObjectNode object) {
                List<String> names = new ArrayList<>();
                object.fieldNames().forEachRemaining(names::add);
                name = names.get(index);
                at = object.path(name);
            } else {
                at = container.path(index);
            }
        }
        JsonNode other = JSON.readTree(one(
                random,
                List.of(
                        "null",
                        "0",
                        "-1",
                        "1e400",
                        "1.5",
                        "4294967301",
                        "true",
                        "\"\"",
                        "\"x\"",
                        "[]",
                        "{}",
                        "[null]",
                        "[[]]",
                        "[1]")));
        if (parent instanceof ObjectNode object) {
            if (random.nextInt(4) == 0) {
                object.remove(name);
            } else {
                object.set(name, other);
            }
        } else if (parent instanceof ArrayNode array) {
            array.set(index, other);
        } else {
            json = other;
        }
        return json.toString();
    }

    private static <T> T one(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
