package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When two Brains agree, and when that proves that a snapshot answers. */
class DrillTest {
    private static final List<String> QUESTIONS = List.of("whales", "krill");

    /** Answers all questions so. */
    private static Drill.Report drill(int liveStatus, String live, int restoredStatus, String restored)
            throws IOException {
        HttpServer one = brain(liveStatus, live);
        HttpServer two = brain(restoredStatus, restored);
        try (BrainCaller first = new BrainCaller(url(one), Map.of());
                BrainCaller second = new BrainCaller(url(two), Map.of())) {
            return new Drill(first, second, 90).ask(QUESTIONS);
        } finally {
            one.stop(0);
            two.stop(0);
        }
    }

    private static HttpServer brain(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/query", x -> {
            try (x) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                x.getRequestBody().readAllBytes();
                x.sendResponseHeaders(status, bytes.length);
                x.getResponseBody().write(bytes);
            }
        });
        server.start();
        return server;
    }

    private static URI url(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Test
    void theSameAnswersFromTheSameSourcesPass() throws IOException {
        String answer = "{\"answer\":\"42\",\"sources\":[{\"id\":\"a\"}],\"processing_time_ms\":";
        Drill.Report report = drill(200, answer + "1}", 200, answer + "2}");
        assertThat(report.passed()).as(report.summary()).isTrue();
        assertThat(drill(200, answer + "1}", 200, answer.replace("\"a\"", "\"b\"") + "1}")
                        .passed())
                .isFalse();
    }

    /** A key that neither was shown, a limit that both keep, an index that neither has: nothing was compared. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401|{}",
                "429|{}",
                "200|{}",
                "200|{\"success\":false,\"error\":\"no index\"}",
                "200|{\"answer\":null}",
                "200|{\"answer\":\" \",\"sources\":[]}",
                "200|{\"answer\":[]}"
            })
    void refusalsThatAreAlikeProveNothing(int status, String body) throws IOException {
        Drill.Report report = drill(status, body, status, body);
        assertThat(report.passed()).isFalse();
        assertThat(report.summary()).contains("nothing to compare");
    }

    @Test
    void aRestoredBrainThatFailsIsNoMatchForALiveOneThatAnswers() throws IOException {
        String answer = "{\"answer\":\"42\",\"sources\":[]}";
        assertThat(drill(200, answer, 500, answer).passed()).isFalse();
        assertThat(drill(500, answer, 500, answer).passed()).isFalse();
        assertThat(drill(200, answer, 200, "{}").passed()).isFalse();
    }
}
