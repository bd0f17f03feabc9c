package dev.freefleet.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.Fixture;
import dev.freefleet.backup.store.FaultProxy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files in pieces, over a line that breaks. */
class S3FilesTest {
    private static final int SEVERAL_PIECES = 2 * S3Store.PART + 77;

    @SuppressWarnings("NullAway.Init")
    private static S3Server server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = new S3Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private Path file(int length) throws IOException {
        return Files.write(folder.resolve("file"), Fixture.random(1, length));
    }

    @ParameterizedTest
    @EnumSource(names = {"ERROR", "SLOW_DOWN", "CUT_BEFORE", "CUT_ANSWER"})
    void faultsThatPassArePassedOver(Fault fault) throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Files files = new S3Files(server.newBucket(proxy.port()))) {
            ConcurrentHashMap<String, Integer> seen = new ConcurrentHashMap<>();
            proxy.faults(head -> {
                String request = head.substring(0, head.indexOf("\r\n"));
                return seen.merge(request, 1, Integer::sum) <= 2 ? fault : Fault.NONE;
            });
            Path back = folder.resolve("back");
            for (int length : new int[] {0, 1, 300_000, S3Store.PART, SEVERAL_PIECES}) {
                files.put("usage/a", file(length));
                assertThat(files.get("usage/a", back)).isTrue();
                assertThat(back).hasSameBinaryContentAs(folder.resolve("file"));
            }
            assertThat(files.list("usage/")).containsExactly("usage/a");
            assertThat(files.get("usage/none", back)).isFalse();
        }
    }

    @Test
    void whatCannotBeWrittenWholeLeavesWhatWasThere() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Files files = new S3Files(server.newBucket(proxy.port()))) {
            Path before = Files.write(folder.resolve("before"), Fixture.random(2, 1_000));
            files.put("usage/a", before);
            proxy.faults(head -> head.startsWith("PUT") && head.contains("partNumber=2") ? Fault.ERROR : Fault.NONE);
            assertThatThrownBy(() -> files.put("usage/a", file(SEVERAL_PIECES)))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("usage/a");
            proxy.faults(head -> Fault.NONE);
            assertThat(files.get("usage/a", folder.resolve("back"))).isTrue();
            assertThat(folder.resolve("back")).hasSameBinaryContentAs(before);
        }
    }
}
