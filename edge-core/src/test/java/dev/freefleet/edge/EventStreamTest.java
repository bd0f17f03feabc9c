package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final String[] STREAM = {
        "content-type", "Text/Event-Stream; charset=utf-8", "cache-control", "max-age=60"
    };

    private static TestShell shell(boolean storeStreams) {
        CacheRule rule = new CacheRule.Http(1_000, false, CacheRule.Stale.NEVER, false, storeStreams);
        TestShell shell = new TestShell(Policies.only(Policies.open("files", "/**", rule)));
        shell.origin = request -> shell.answer(200, "data: 1\n\n", STREAM);
        return shell;
    }

    @Test
    void isNotStoredUnlessTheRouteSaysSo() {
        TestShell shell = shell(false);
        assertThat(shell.send("GET", "/a", "").cacheStatus()).isEqualTo("FreeFleet; fwd=uri-miss");
        assertThat(shell.store).isEmpty();
    }

    @Test
    void isReplayedWhereTheRouteSaysSo() {
        TestShell shell = shell(true);
        shell.send("GET", "/a", "");
        TestShell.Answer second = shell.send("GET", "/a", "");
        assertThat(second.cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(second.text()).isEqualTo("data: 1\n\n");
        assertThat(shell.asked).hasSize(1);
    }

    @Test
    void onQueryRoutesToo() {
        String[] json = {"x-api-key", TestShell.key(42, 7), "content-type", "application/json"};
        TestShell shell = new TestShell(Policies.standard());
        shell.origin = request -> shell.answer(200, "data: 1\n\n", "content-type", "text/event-stream");
        shell.send("POST", "/query", "{\"query\":\"a\"}", json);
        assertThat(shell.store).isEmpty();
        shell.origin = request -> shell.answer(200, "{}", "content-type", "application/json");
        shell.send("POST", "/query", "{\"query\":\"a\"}", json);
        assertThat(shell.store).hasSize(1);
    }
}
