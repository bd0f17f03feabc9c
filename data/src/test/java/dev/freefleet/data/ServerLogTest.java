package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {
    @TempDir
    private Path directory;

    @Test
    void itIsMovedAwayWhileTheServerAppends() throws Exception {
        Path file = directory.resolve("server.log");
        ServerLog log = new ServerLog(file);
        log.rotate();
        assertThat(log.size()).isZero();
        try (OutputStream server = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            server.write(new byte[(4 << 20) + 1]);
            log.rotate();
            server.write("after".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(file).hasContent("after");
        assertThat(directory.resolve("server.log.1")).hasSize((4 << 20) + 1);
    }

    @Test
    void theLastFatalLineOfThisStartSaysWhy() throws Exception {
        Path file = directory.resolve("server.log");
        ServerLog log = new ServerLog(file);
        assertThat(log.lastFatal(0)).isEmpty();
        Files.writeString(file, "2026 [1] FATAL:  of an earlier start\n");
        long before = log.size();
        assertThat(log.lastFatal(before)).isEmpty();
        Files.writeString(
                file, "2026 [2] LOG:  hm\n2026 [2] FATAL:  no room\n2026 [2] LOG:  bye\n", StandardOpenOption.APPEND);
        assertThat(log.lastFatal(before)).isEqualTo("no room");
    }
}
