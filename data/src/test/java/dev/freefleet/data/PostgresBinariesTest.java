package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresBinariesTest {
    private final Path directory = TestServer.temporary();

    @AfterEach
    void delete() {
        TestServer.delete(directory);
    }

    @Test
    void fleetsThatUnpackAtOnceShareOneResultWhateverACrashLeftBehind() throws Exception {
        Files.createDirectories(directory.resolve("unfinished/bin"));
        Files.writeString(directory.resolve("unfinished/bin/postgres"), "half of it");
        Set<Path> results = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Path> result : IntStream.range(0, 3)
                    .mapToObj(i -> threads.submit(() -> PostgresBinaries.unpacked(directory)))
                    .toList()) {
                results.add(result.get());
            }
        }
        assertThat(results).hasSize(1);
        Path postgres = results.iterator().next().resolve("bin/postgres");
        assertThat(postgres).isExecutable();
        assertThat(Files.size(postgres)).isGreaterThan(1_000_000);
        assertThat(directory.resolve("unfinished")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres-linux-x86_64.txz", "postgres-linux-arm_64.txz"})
    void bothLinuxMachinesAreProvidedFor(String archive) {
        assertThat(PostgresBinaries.class.getClassLoader().getResource(archive)).isNotNull();
    }
}
