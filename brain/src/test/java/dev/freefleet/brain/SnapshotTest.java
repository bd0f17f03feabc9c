package dev.freefleet.brain;

import static dev.freefleet.brain.BrainFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {

    private static final List<String> QUESTIONS = List.of(
            "how do I remove limescale?", "which voltage does it need?", "how long is the warranty?", "topic 7 number");

    private static HttpResponse<byte[]> snapshot(BrainFixture fixture) {
        return fixture.send(
                fixture.request("/admin/snapshot").header("X-Admin-Key", BrainFixture.ADMIN_KEY),
                BodyHandlers.ofByteArray());
    }

    private static Path restored(byte[] tar, Path into) throws IOException {
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = into.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(in, file);
            }
        }
        return into;
    }

    private static List<Answer> answers(Brain brain) {
        return QUESTIONS.stream()
                .map(question -> brain.ask(question, 10))
                .map(answer -> new Answer(answer.answer(), answer.sources(), answer.confidence(), 0))
                .toList();
    }

    @Test
    void opensAsABrainWithTheSameAnswers(@TempDir Path temporary) throws IOException {
        try (BrainFixture fixture = BrainFixture.in(temporary).withManual()) {
            HttpResponse<byte[]> response = snapshot(fixture);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-tar");
            assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(response.body().length);
            assertThat(response.headers().firstValue("X-Index-Version"))
                    .hasValue(fixture.brain.status().lastUpdate().toString());
            assertThat(snapshot(fixture).body()).isEqualTo(response.body());
            Path copy = restored(response.body(), temporary.resolve("copy"));
            try (Brain other = Brain.open(BrainConfig.in(copy), Clock.systemUTC())) {
                assertThat(other.status()).isEqualTo(fixture.brain.status());
                assertThat(answers(other)).isEqualTo(answers(fixture.brain));
            }
        }
    }

    @Test
    void isOneCommitWhileAnIngestRuns(@TempDir Path temporary) throws Exception {
        try (BrainFixture fixture = BrainFixture.in(temporary).withManual()) {
            List<Answer> before = answers(fixture.brain);
            String version = fixture.brain.status().lastUpdate().toString();
            CompletableFuture<HttpResponse<byte[]>> taken = new CompletableFuture<>();
            for (int i = 0; i < 60; i++) {
                fixture.write("more/" + i + ".md", "# Topic " + i + "\n\nThis is number " + i + " about kettles.");
            }
            // The snapshot is taken inside the ingest, while the index has written but not committed.
            IngestReport report = fixture.brain.ingest(List.of(fixture.documents), new IngestListener() {
                @Override
                public void done(String document) {
                    if (document.equals("more/59.md")) {
                        taken.complete(snapshot(fixture));
                    }
                }
            });
            assertThat(report.added()).isEqualTo(60);
            assertThat(answers(fixture.brain)).isNotEqualTo(before);
            assertThat(taken.get().headers().firstValue("X-Index-Version")).hasValue(version);
            Path copy = restored(taken.get().body(), temporary.resolve("copy"));
            try (Brain other = Brain.open(BrainConfig.in(copy), Clock.systemUTC())) {
                assertThat(other.status().documents()).isEqualTo(4);
                assertThat(answers(other)).isEqualTo(before);
            }
        }
    }

    @Test
    void staysWholeWhileCommitsPassByItsStream(@TempDir Path temporary) throws Exception {
        try (BrainFixture fixture = BrainFixture.in(temporary).withManual()) {
            CompletableFuture<Void> writing =
                    CompletableFuture.runAsync(() -> IntStream.range(0, 15).forEach(i -> {
                        fixture.write("guide/care.md", "# Care\n\nVersion " + i + " of the text on limescale.");
                        fixture.ingest();
                    }));
            int taken = 0;
            while (!writing.isDone() || taken == 0) {
                HttpResponse<byte[]> response = snapshot(fixture);
                Path copy = restored(response.body(), temporary.resolve("copy-" + taken));
                try (Brain other = Brain.open(BrainConfig.in(copy), Clock.systemUTC())) {
                    assertThat(other.status().documents()).isEqualTo(4);
                    assertThat(response.headers().firstValue("X-Index-Version"))
                            .hasValue(other.status().lastUpdate().toString());
                }
                taken++;
            }
            writing.get();
        }
    }

    @Test
    void isForTheAdminKeyAlone(@TempDir Path temporary, @TempDir Path second) throws IOException {
        try (BrainFixture fixture = BrainFixture.in(temporary)) {
            assertThat(fixture.get("/admin/snapshot").statusCode()).isEqualTo(401);
            HttpResponse<String> wrong =
                    fixture.send(fixture.request("/admin/snapshot").header("X-Admin-Key", "another-admin-key-"));
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(json(wrong).get("success").booleanValue()).isFalse();
        }
        try (BrainFixture fixture = new BrainFixture(second, config -> config.withAdminKey(null))) {
            assertThat(snapshot(fixture).statusCode()).isEqualTo(403);
        }
    }
}
