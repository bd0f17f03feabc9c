package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An opening that is given up leaves nothing that runs, wherever it was. */
@Timeout(120)
class OpeningTest {
    @TempDir
    Path folder;

    private Opening opening() {
        return new Opening(DataConfig.embedded(folder.resolve("postgres")), Clock.systemUTC());
    }

    private List<String> running() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(folder.toString()))
                .toList();
    }

    /** A server that has stopped has a few milliseconds' work left when it takes its pid file away. */
    private void assertNothingRuns() throws InterruptedException {
        assertThat(running()).noneMatch(line -> line.contains("initdb") || line.contains("--boot"));
        eventually("no server runs", () -> running().isEmpty());
    }

    /** Stages of a first start, each seen by a file that it makes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "superuser-password",
                "cluster",
                "cluster/pg_wal",
                "cluster/base/1",
                "cluster/base/4",
                "cluster/base/5",
                "server.log",
                "cluster/postmaster.pid"
            })
    void nothingIsLeftOfAnOpeningThatWasGivenUp(String stage) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Opening opening = opening();
            Future<DataPlane> opened = thread.submit(opening::run);
            eventually(stage, () -> Files.exists(folder.resolve("postgres").resolve(stage)) || opened.isDone());

            opening.close();

            assertNothingRuns();
            assertGivenUpOrClosed(opened);
        }
        try (Opening next = opening()) {
            assertThat(next.run().users().list()).isEmpty();
        }
        assertNothingRuns();
    }

    private static void assertGivenUpOrClosed(Future<DataPlane> opened) throws InterruptedException {
        try {
            DataPlane plane = opened.get();
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> plane.users().list());
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(CancellationException.class);
        }
    }

    @Test
    void anOpeningThatWasGivenUpBeforeItBeganNeverBegins() {
        Opening opening = opening();
        opening.close();

        assertThatExceptionOfType(CancellationException.class).isThrownBy(opening::run);
        assertThat(folder.resolve("postgres")).doesNotExist();
    }

    @Test
    void closingTwiceIsClosingOnce() throws InterruptedException {
        Opening opening = opening();
        assertThat(opening.run().users().list()).isEmpty();
        opening.close();
        opening.close();
        assertNothingRuns();
    }
}
