package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key from its making to its end, by the commands that people type and the requests that the gateway gets. */
@Timeout(300)
class KeyLifeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path home;

    private static FleetProcess fleet;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        Files.writeString(home.resolve("fleet.yaml"), """
                plans:
                  default: {rate: 1000/min}
                  small: {rate: 2/day}
                """);
        client = HttpClient.newHttpClient();
        fleet = FleetProcess.up(home, home.resolve("data")).awaitReady();
    }

    @AfterAll
    static void stop() {
        fleet.close();
        client.close();
    }

    private static HttpResponse<String> query(String key) throws Exception {
        return client.send(
                HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=whales"))
                        .header("X-API-Key", key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static int status(String key) throws Exception {
        return query(key).statusCode();
    }

    private static Outcome run(String... arguments) {
        return new CommandLineTool(home)
                .with("FLEET_DATA", fleet.data().toString())
                .run(arguments);
    }

    private static JsonNode json(String... arguments) throws IOException {
        Outcome outcome = run(arguments);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return JSON.readTree(outcome.out());
    }

    private record Key(String id, String text) {}

    private static Key create(String name, String... more) throws IOException {
        List<String> arguments =
                new java.util.ArrayList<>(List.of("keys", "create", "--user", "owner", "--name", name, "--json"));
        arguments.addAll(List.of(more));
        JsonNode made = json(arguments.toArray(String[]::new));
        return new Key(made.path("id").asText(), made.path("key").asText());
    }

    private static void assertSentence(int code, Outcome outcome, String part) {
        assertThat(outcome.errors())
                .singleElement()
                .asString()
                .startsWith("fleet: ")
                .contains(part);
        assertThat(outcome.code()).isEqualTo(code);
    }

    @Test
    void everySettingIsShownAndChangedAndHoldsAtOnce() throws Exception {
        Key key = create("set", "--address", "203.0.113.0/24", "--max-concurrent", "3", "--quota", "5/day");
        assertThat(run("keys", "show", key.id()).out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "KEY " + key.id(),
                        "user owner",
                        "name set",
                        "state active",
                        "plan default",
                        "scopes all routes",
                        "rate the plan's",
                        "quotas 5/day",
                        "addresses 203.0.113.0/24",
                        "at once 3",
                        "expires never",
                        "proof signed with secret "
                                + json("keys", "show", key.id(), "--json")
                                        .path("secret_version")
                                        .asText());
        assertThat(status(key.text())).as("another address").isEqualTo(403);

        assertThat(run("keys", "set", key.id(), "--address", "all").code()).isZero();
        assertThat(status(key.text())).isEqualTo(200);

        run("keys", "set", key.id(), "--scope", "wisdom");
        assertThat(status(key.text())).isEqualTo(403);
        run("keys", "set", key.id(), "--scope", "all", "--plan", "small", "--quota", "plan");
        assertThat(status(key.text())).isEqualTo(200);
        // What was taken under the old rate may still count for some milliseconds: then two a day are one and a bit.
        HttpResponse<String> limited = query(key.text());
        if (limited.statusCode() == 200) {
            limited = query(key.text());
        }
        assertThat(limited.statusCode()).as("the plan that overrules the key's").isEqualTo(429);
        assertThat(limited.headers().firstValue("RateLimit-Policy").orElse("")).contains("\"key\";q=2;w=86400");
        assertThat(limited.headers().firstValue("RateLimit").orElse("")).contains("\"key\";r=0;t=");
        assertThat(limited.headers().firstValue("Retry-After")).isPresent();

        JsonNode shown =
                json("keys", "set", key.id(), "--plan", "default", "--rate", "9/min", "--name", "renamed", "--json");
        assertThat(shown.path("rate").asText()).isEqualTo("9/min");
        assertThat(shown.path("name").asText()).isEqualTo("renamed");
        assertThat(shown.path("max_concurrent").asInt()).isEqualTo(3);
        assertThat(json("keys", "set", key.id(), "--max-concurrent", "plan", "--json")
                        .path("max_concurrent")
                        .isNull())
                .isTrue();

        run("keys", "set", key.id(), "--expires", "2100-01-01T00:00:00Z");
        assertThat(json("keys", "show", key.id(), "--json").path("expires_at").asText())
                .isEqualTo("2100-01-01T00:00:00Z");
        assertThat(json("keys", "set", key.id(), "--expires", "never", "--json")
                        .path("expires_at")
                        .isNull())
                .isTrue();
        assertThat(fleet.err()).noneMatch(line -> line.contains(key.text()));
    }

    /** The admin plane has credentials of its own: what opens the gateway opens nothing of it. */
    @Test
    void aGoodKeyIsNoTokenOfTheAdminPort() throws Exception {
        Key key = create("no-token");
        assertThat(status(key.text())).isEqualTo(200);
        for (String path : List.of("/api/v1/status", "/api/v1/users", "/api/v1/keys")) {
            for (String[] shown :
                    new String[][] {{"Authorization", "Bearer " + key.text()}, {"X-API-Key", key.text()}}) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(fleet.admin().resolve(path))
                                .header(shown[0], shown[1])
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(path + " " + shown[0]).isEqualTo(401);
                assertThat(answer.body()).doesNotContain(key.text());
            }
        }
    }

    @Test
    void aRotatedKeyWorksThroughItsGraceAndNotBeyond() throws Exception {
        Key old = create("rotated", "--rate", "500/min");
        JsonNode made = json("keys", "rotate", old.id(), "--grace", "1h", "--json");
        String next = made.path("key").asText();
        assertThat(status(old.text())).isEqualTo(200);
        assertThat(status(next)).isEqualTo(200);
        JsonNode shown = json("keys", "show", old.id(), "--json");
        assertThat(shown.path("replaced_by").asText()).isEqualTo(made.path("id").asText());
        assertThat(run("keys", "list").out()).contains("replaced");
        assertThat(json("keys", "show", made.path("id").asText(), "--json")
                        .path("rate")
                        .asText())
                .isEqualTo("500/min");

        Outcome last = run("keys", "rotate", made.path("id").asText(), "--grace", "0s");
        assertThat(last.code()).isZero();
        assertThat(last.out().strip()).startsWith("sff_").doesNotContain(" ");
        assertThat(last.err()).contains("is not shown again").contains("has ended.");
        assertThat(status(next)).as("no grace").isEqualTo(401);
        assertThat(status(last.out().strip())).isEqualTo(200);
        assertSentence(1, run("keys", "rotate", old.id()), "was replaced by the key");
    }

    @Test
    void aDisabledUsersKeysAreRefusedUntilTheUserIsEnabled() throws Exception {
        json("users", "create", "bob", "--json");
        JsonNode key = json("keys", "create", "--user", "bob", "--name", "k", "--json");
        String text = key.path("key").asText();
        assertThat(status(text)).isEqualTo(200);
        assertThat(run("users", "disable", "bob").out()).contains("disabled");
        assertThat(status(text)).isEqualTo(401);
        assertThat(run("keys", "list", "--user", "bob").out()).contains("user disabled");
        assertThat(run("users", "enable", "bob").out()).contains("active");
        assertThat(status(text)).isEqualTo(200);
        assertSentence(1, run("users", "disable", "nobody"), "no user named \"nobody\"");
    }

    @Test
    void aSecretRotatesAndAnOldOneIsRetiredWithItsKeys() throws Exception {
        Key before = create("before");
        JsonNode secrets = json("keys", "rotate-secret", "--json");
        int current = secrets.size();
        assertThat(secrets.get(current - 1).path("current").asBoolean()).isTrue();
        Key after = create("after");
        assertThat(status(before.text())).isEqualTo(200);
        assertThat(status(after.text())).isEqualTo(200);
        assertThat(run("keys", "secrets").out()).contains("signs new keys").contains("accepted");

        Key retired = after;
        int version = json("keys", "show", after.id(), "--json")
                .path("secret_version")
                .asInt();
        json("keys", "rotate-secret", "--json");
        assertSentence(1, run("keys", "retire-secret", "" + version), "live keys are signed with the secret");
        assertThat(status(retired.text())).isEqualTo(200);
        assertThat(run("keys", "retire-secret", "" + version, "--force").code()).isZero();
        assertThat(status(retired.text())).isEqualTo(401);
        assertThat(status(before.text())).isEqualTo(200);
        assertThat(fleet.data().resolve("secrets/signing." + version)).doesNotExist();
        assertSentence(1, run("keys", "retire-secret", "" + (version + 1)), "rotate the secrets first");
        assertSentence(1, run("keys", "retire-secret", "99"), "no signing secret 99");
    }

    @Test
    void keysFromElsewhereAreTakenAsTheyAre() throws Exception {
        String legacy = "legacy-key-0123456789-abcdef";
        String other = "another-legacy-key-0123456789";
        String sha256 = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(other.getBytes(StandardCharsets.US_ASCII)));
        Files.writeString(home.resolve("keys.csv"), """
                key,sha256,user,name,plan,scopes,rate,quotas,addresses,max_concurrent,expires_at
                %s,,carol,"old, one",default,query;wisdom,50/min burst 5,1000/day;20000/month,,4,2100-01-31
                ,%s,carol,two,,,,,203.0.113.0/24,,
                """.formatted(legacy, sha256));

        assertSentence(2, onlyLast(run("keys", "import", "keys.csv")), "Nothing was imported: 2 of the lines");
        assertThat(run("keys", "import", "keys.csv").errors())
                .contains(
                        "keys.csv:2: There is no user named \"carol\"; make the user first, or let the import make users.");
        assertThat(run("keys", "import", "keys.csv", "--dry-run", "--make-users")
                        .out())
                .contains("2 keys would be imported.")
                .contains("Users that would be made: carol");
        assertThat(status(legacy)).isEqualTo(401);
        assertThat(run("users", "list").out()).doesNotContain("carol");

        Outcome done = run("keys", "import", "keys.csv", "--make-users");
        assertThat(done.out()).contains("2 keys imported.").contains("Users made: carol");
        assertThat(status(legacy)).isEqualTo(200);
        assertThat(status(other)).as("its address list holds").isEqualTo(403);
        assertThat(status(legacy + "x")).isEqualTo(401);
        assertThat(query(legacy).headers().firstValue("RateLimit-Policy").orElse(""))
                .contains("\"key\";q=50;w=60", "\"day\";q=1000");
        JsonNode keys = json("keys", "list", "--user", "carol", "--json");
        assertThat(keys).hasSize(2).allMatch(key -> key.path("imported").asBoolean());
        JsonNode first = keys.valueStream()
                .filter(key -> key.path("name").asText().equals("old, one"))
                .findFirst()
                .orElseThrow();
        assertThat(first.path("expires_at").asText()).isEqualTo("2100-01-31T00:00:00Z");
        assertThat(first.path("max_concurrent").asInt()).isEqualTo(4);

        assertThat(run("keys", "revoke", first.path("id").asText()).code()).isZero();
        assertThat(status(legacy)).isEqualTo(401);
        Outcome again = run("keys", "import", "keys.csv");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err())
                .contains("keys.csv:2: This key was imported already")
                .doesNotContain(legacy);
        assertThat(fleet.err()).noneMatch(line -> line.contains(legacy) || line.contains(sha256));
    }

    /** The command's last word, which stands below what is wrong with each line. */
    private static Outcome onlyLast(Outcome outcome) {
        return new Outcome(outcome.code(), outcome.out(), outcome.errors().getLast());
    }

    @Test
    void whatIsWrongIsASentence() throws Exception {
        Key key = create("wrong");
        assertSentence(2, run("keys", "set", key.id()), "Say what to change");
        assertSentence(2, run("keys", "set", key.id(), "--address", "10.0.0.1/8"), "addresses must be CIDR blocks");
        assertSentence(2, run("keys", "set", key.id(), "--address", "all", "--address", "::1"), "stands alone");
        assertSentence(2, run("keys", "set", key.id(), "--max-concurrent", "0"), "1 to 10000");
        assertSentence(2, run("keys", "set", key.id(), "--max-concurrent", "many"), "1 to 10000");
        assertSentence(2, run("keys", "set", key.id(), "--plan", "gold"), "there are default, small");
        assertSentence(2, run("keys", "set", key.id(), "--expires", "2000-01-01T00:00:00Z"), "lies in the future");
        assertSentence(2, run("keys", "set", key.id(), "--expires", "2030T"), "is neither a time nor a span");
        assertSentence(2, run("keys", "set", key.id(), "--expires", "2030-01-31"), "is neither a time nor a span");
        assertSentence(1, run("keys", "set", key.id(), "--name", "first key"), "already");
        assertSentence(1, run("keys", "set", "4711", "--name", "x"), "4711");
        assertSentence(1, run("keys", "rotate", "4711"), "4711");
        assertSentence(2, run("keys", "rotate", key.id(), "--grace", "366d"), "0s to 365d");
        assertSentence(2, run("keys", "rotate", key.id(), "--grace", "soon"), "--grace: \"soon\"");
        assertSentence(2, run("keys", "import", "nothing.csv"), "does not exist");
        assertThat(run("keys", "revoke", key.id()).code()).isZero();
        assertSentence(1, run("keys", "set", key.id(), "--rate", "1/s"), "is revoked");
    }

    @Test
    void quotasGoOnAfterAStopAndAKill(@TempDir Path other) throws Exception {
        Files.writeString(other.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        Path data = other.resolve("data");
        String key;
        try (FleetProcess first = FleetProcess.up(other, data).awaitReady()) {
            key = new CommandLineTool(other)
                    .run("keys", "create", "--data", "data", "--user", "owner", "--name", "q", "--quota", "5/day")
                    .out()
                    .strip();
            assertThat(ask(first, key)).isEqualTo(200);
            assertThat(ask(first, key)).isEqualTo(200);
            assertThat(first.terminate()).isZero();
        }
        try (FleetProcess second = FleetProcess.up(other, data).awaitReady()) {
            assertThat(ask(second, key)).isEqualTo(200);
            // The counts of the last two seconds before a kill are lost; these are older.
            Await.until(
                    "the third request's count is written", () -> written(data).contains(" 3 "));
            second.kill();
        }
        try (FleetProcess third = FleetProcess.up(other, data).awaitReady()) {
            assertThat(ask(third, key)).isEqualTo(200);
            assertThat(ask(third, key)).isEqualTo(200);
            assertThat(ask(third, key)).as("the sixth").isEqualTo(429);
        }
    }

    private static int ask(FleetProcess fleet, String key) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=whales"))
                                .header("X-API-Key", key)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String written(Path data) {
        try {
            return Files.readString(data.resolve("quotas"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDeletedKeyStaysRefusedAndADeletedUsersNameIsFree() throws Exception {
        assertThat(run("users", "create", "dora").code()).isZero();
        JsonNode made = json("keys", "create", "--user", "dora", "--name", "gone", "--json");
        String key = made.path("key").asText();
        String id = made.path("id").asText();
        assertThat(status(key)).isEqualTo(200);

        assertSentence(1, run("keys", "delete", id), "revoke it first, or insist with --force");
        assertThat(run("keys", "delete", id, "--force").out()).contains("is deleted");
        assertThat(status(key)).isEqualTo(401);
        assertSentence(1, run("keys", "show", id), "There is no key with the id " + id);

        String other = json("keys", "create", "--user", "dora", "--name", "other", "--json")
                .path("key")
                .asText();
        assertSentence(1, run("users", "delete", "dora"), "has 1 keys that are accepted");
        String number = json("users", "show", "dora", "--json").path("id").asText();
        assertThat(run("users", "delete", "dora", "--force").out())
                .contains("./fleet users forget --id " + number + " removes that too.");
        assertThat(status(other)).isEqualTo(401);
        assertThat(run("users", "create", "dora").code()).isZero();

        assertThat(run("users", "forget", "--id", number, "--dry-run").out()).contains("WOULD BE");
        assertThat(run("users", "forget", "--id", number).out()).contains("usage_logs");
        assertThat(run("users", "show", "dora").code())
                .as("who has the name now")
                .isZero();
        assertSentence(1, run("users", "forget", "--id", "987654"), "No user with the number 987654 was deleted");
        assertSentence(
                1,
                run(
                        "users",
                        "forget",
                        "--id",
                        json("users", "show", "dora", "--json").path("id").asText()),
                "is not deleted");
        assertThat(run("users", "forget").code()).isEqualTo(2);
        assertThat(run("users", "forget", "dora", "--id", number).code()).isEqualTo(2);
    }

    @Test
    void aPersonIsShownAndForgottenAndEveryActIsInTheAuditLog() throws Exception {
        assertThat(run("users", "create", "eve", "--email", "eve@example.org").code())
                .isZero();
        String key = json("keys", "create", "--user", "eve", "--name", "eve's laptop", "--json")
                .path("key")
                .asText();
        assertThat(query(key).statusCode()).isEqualTo(200);
        Await.until(
                "the request is in the records",
                () -> run("users", "show", "eve", "--json").out().contains("\"last_used\" : \"2"));
        assertThat(run("users", "show", "eve").out())
                .contains("eve@example.org")
                .contains("eve's laptop");
        JsonNode acts = json("audit", "list", "--user", "eve", "--json");
        assertThat(acts.findValuesAsText("action")).containsExactly("key.create", "user.create");
        assertThat(acts.get(0).path("actor").asText()).startsWith("cli:");
        int user = acts.get(0).path("user_id").asInt();

        assertThat(run("users", "forget", "eve", "--dry-run").out()).contains("WOULD BE");
        assertThat(status(key)).isEqualTo(200);
        JsonNode told = json("users", "forget", "eve", "--json");
        assertThat(told.path("user_id").asInt()).isEqualTo(user);
        assertThat(told.path("places").findValuesAsText("name")).contains("users", "api_keys", "usage_logs", "cache");
        assertThat(status(key)).isEqualTo(401);
        assertSentence(1, run("users", "show", "eve"), "There is no user named \"eve\"");
        assertThat(run("audit", "list").out())
                .contains("user.forget")
                .contains("#" + user)
                .doesNotContainPattern("\\beve\\b");
        assertSentence(1, run("users", "forget", "eve"), "There is no user named \"eve\"");
        assertSentence(2, run("audit", "list", "--limit", "0"), "--limit is 1 to 1000");
        assertSentence(2, run("audit", "list", "--limit", "5000"), "limit is 1 to 1000");
    }
}
