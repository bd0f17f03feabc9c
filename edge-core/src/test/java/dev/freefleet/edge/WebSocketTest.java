package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WebSocketTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private final TestShell shell = new TestShell(Policies.only(route(Route.Auth.KEY, true)));

    private static Route route(Route.Auth auth, boolean webSocket) {
        CacheRule cache = new CacheRule.Query(CacheRule.Scope.PUBLIC, 1_000, 1_000, "query");
        return new Route("live", Set.of("GET", "POST"), "/live", auth, null, 1_000, 1_000, cache, webSocket);
    }

    private static String[] handshake(String... changes) {
        List<String> fields = new ArrayList<>(List.of(
                "host", "here",
                "connection", "keep-alive, Upgrade",
                "upgrade", "WebSocket",
                "sec-websocket-key", KEY,
                "sec-websocket-version", "13",
                "sec-websocket-protocol", "chat",
                "origin", "https://app.example",
                "x-api-key", TestShell.key(42, 7)));
        for (int i = 0; i < changes.length; i += 2) {
            int at = fields.indexOf(changes[i]);
            fields.set(at + 1, changes[i + 1]);
        }
        return fields.toArray(String[]::new);
    }

    private TestShell.Answer ask(String... changes) {
        shell.switchable = true;
        return shell.send("GET", "/live?q=a", "", handshake(changes));
    }

    @Test
    void aRight101BecomesATunnel() {
        shell.origin = request ->
                shell.answer(101, "", "connection", "Upgrade", "upgrade", "websocket", "sec-websocket-accept", "right");

        TestShell.Answer answer = ask();

        OriginRequest asked = shell.asked.getFirst();
        assertThat(asked.webSocket()).isTrue();
        assertThat(asked.fields().all("connection")).containsExactly("Upgrade");
        assertThat(asked.fields().all("upgrade")).containsExactly("websocket");
        assertThat(asked.fields().first("sec-websocket-key")).isEqualTo(KEY);
        assertThat(asked.fields().first("sec-websocket-protocol")).isEqualTo("chat");
        assertThat(asked.fields().first("origin")).isEqualTo("https://app.example");
        assertThat(asked.fields().has("x-api-key")).isFalse();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(shell.steps.getLast())
                .isInstanceOfSatisfying(
                        Step.Respond.class, last -> assertThat(last.content()).isInstanceOf(Step.Content.Tunnel.class));
        assertThat(answer.fields().first("sec-websocket-accept")).isEqualTo("right");
        assertThat(answer.fields().first("upgrade")).isEqualTo("websocket");
        assertThat(answer.usage().keyId()).isEqualTo(42);
        assertThat(answer.usage().cache()).isEqualTo(CacheOutcome.BYPASS);
    }

    @Test
    void anOriginThatRefusesIsAnOrdinaryAnswerThatIsNotStored() {
        shell.origin = request -> shell.answer(200, "no", "cache-control", "max-age=60");

        TestShell.Answer answer = ask();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("no");
        assertThat(answer.fields().has("upgrade")).isFalse();
        assertThat(shell.store).isEmpty();
    }

    @Test
    void anUnreachableOriginIs502() {
        shell.origin = request -> new Event.OriginFailed(Event.Failure.UNREACHABLE);
        assertThat(ask().status()).isEqualTo(502);
    }

    @Test
    void identityComesFirst() {
        assertThat(ask("x-api-key", "sff_forged").status()).isEqualTo(401);
        assertThat(shell.asked).isEmpty();
    }

    @Test
    void whatIsNoRightHandshakeGoesOnAsHttp() {
        for (String[] changes : new String[][] {
            {"upgrade", "h2c"},
            {"upgrade", "websocket, h2c"},
            {"connection", "keep-alive"},
            {"sec-websocket-key", "short"},
            {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=!"},
        }) {
            shell.asked.clear();
            shell.store.clear();
            assertThat(ask(changes).status()).as(changes[1]).isEqualTo(200);
            assertThat(shell.asked.getFirst().webSocket()).isFalse();
            assertThat(shell.asked.getFirst().fields().has("upgrade")).isFalse();
            assertThat(shell.asked.getFirst().fields().has("connection")).isFalse();
        }
    }

    @Test
    void neitherHttp2NorARouteWithoutItSwitches() {
        shell.switchable = false;
        shell.send("GET", "/live?q=a", "", handshake());
        assertThat(shell.asked.getFirst().webSocket()).isFalse();

        TestShell without = new TestShell(Policies.only(route(Route.Auth.NONE, false)));
        without.switchable = true;
        without.send("GET", "/live?q=a", "", handshake());
        assertThat(without.asked.getFirst().webSocket()).isFalse();
        assertThat(without.asked.getFirst().fields().has("upgrade")).isFalse();
    }

    @Test
    void aHandshakeWithContentIsHttp() {
        shell.switchable = true;
        shell.send("GET", "/live?q=a", "smuggled", handshake());
        assertThat(shell.asked.getFirst().webSocket()).isFalse();
    }
}
