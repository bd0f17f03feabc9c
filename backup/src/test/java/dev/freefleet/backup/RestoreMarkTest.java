package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that tells a restore that did not end, where a snapshot or its owner has one of that name. */
class RestoreMarkTest {
    private static final String MARK = ".fleet-restore-unfinished";

    @TempDir
    Path tmp;

    private Path source(String kind) throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        Files.writeString(src.resolve("a"), "a");
        Path mark = src.resolve(MARK);
        switch (kind) {
            case "file" -> Files.writeString(mark, "a restore was backed up that did not end");
            case "empty file" -> Files.createFile(mark);
            case "link" -> Files.createSymbolicLink(mark, Path.of("a"));
            case "folder" -> Files.writeString(Files.createDirectory(mark).resolve("b"), "b");
            default -> throw new IllegalArgumentException(kind);
        }
        return src;
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "empty file", "link", "folder"})
    void whatASnapshotHoldsUnderThatNameComesBack(String kind) throws IOException {
        Path src = source(kind);
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            StoredSnapshot s = Fixture.backup(r, src);
            Path out = tmp.resolve("out");
            for (boolean over : new boolean[] {false, true}) {
                RestoreResult result = r.restore(s.snapshot(), "", out, over, Progress.NONE);
                assertThat(result.lost()).isEmpty();
                assertThat(result.notes()).isEmpty();
                assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
            }
        }
    }

    @Test
    void aLinkOfThatNameInTheTargetIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(tmp.resolve("elsewhere"), "mine");
        Path src = source("file");
        Files.delete(src.resolve(MARK));
        Path out = Files.createDirectory(tmp.resolve("out"));
        Files.createSymbolicLink(out.resolve(MARK), elsewhere);
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            r.restore(Fixture.backup(r, src).snapshot(), "", out, true, Progress.NONE);
            assertThat(elsewhere).hasContent("mine");
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
        }
    }
}
