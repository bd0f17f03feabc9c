package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that tells a restore that did not end, where a snapshot or its owner has one of that name. */
class RestoreMarkTest {
    private static final String MARK = ".fleet-restore-unfinished";

    private static final Progress KILLED = (stage, done, total) -> {
        throw new IllegalStateException("killed");
    };

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
    void aLinkOfThatNameInTheTargetIsNeitherFollowedNorLost() throws IOException {
        Path elsewhere = Files.writeString(tmp.resolve("elsewhere"), "mine");
        Path src = source("file");
        Files.delete(src.resolve(MARK));
        Path out = Files.createDirectory(tmp.resolve("out"));
        Path link = Files.createSymbolicLink(out.resolve(MARK), elsewhere);
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            r.restore(Fixture.backup(r, src).snapshot(), "", out, true, Progress.NONE);
            assertThat(elsewhere).hasContent("mine");
            assertThat(link).isSymbolicLink();
            Files.delete(link);
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mine"})
    void somebodysOwnFileOfThatNameStays(String content) throws IOException {
        Path src = source("file");
        Files.delete(src.resolve(MARK));
        Path out = Files.createDirectory(tmp.resolve("out"));
        Path mine = Files.writeString(out.resolve(MARK), content);
        Path alsoMine = Files.writeString(out.resolve(".fleet-restore-" + UUID.randomUUID()), content);
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            r.restore(Fixture.backup(r, src).snapshot(), "", out, true, Progress.NONE);
        }
        assertThat(mine).hasContent(content);
        assertThat(alsoMine).hasContent(content);
        try (Stream<Path> all = Files.list(out)) {
            assertThat(all).containsExactlyInAnyOrder(mine, alsoMine, out.resolve("a"));
        }
    }

    /** The store fails before the end, as where a restore is killed. */
    @ParameterizedTest
    @ValueSource(strings = {"file", "link", "folder"})
    void whatDidNotEndIsKnownWhateverTheSnapshotHoldsUnderThatName(String kind) throws IOException {
        Path src = source(kind);
        Files.write(src.resolve("z"), Fixture.random(1, 100));
        Path out = Files.createDirectory(tmp.resolve("out"));
        Path mine = Files.writeString(out.resolve(MARK + "-2"), "mine");
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Snapshot s = Fixture.backup(r, src).snapshot();
            assertThatThrownBy(() -> r.restore(s, "", out, true, KILLED)).hasStackTraceContaining("killed");
            isKnownAsUnfinished(r, s, out);
            assertThat(r.restore(s, "", out, true, Progress.NONE).lost()).isEmpty();
            assertThat(mine).hasContent("mine");
            Files.delete(mine);
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
        }
    }

    /** A kill may leave the mark's name without what is written into it. */
    @Test
    void anEmptyMarkTellsTooThatARestoreDidNotEnd() throws IOException {
        Path src = source("file");
        Path out = Files.createDirectory(tmp.resolve("out"));
        Files.createFile(out.resolve(MARK + "-" + UUID.randomUUID()));
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Snapshot s = Fixture.backup(r, src).snapshot();
            assertThatThrownBy(() -> r.restore(s, "", out, false, Progress.NONE))
                    .hasMessageContaining("did not end");
            assertThat(r.restore(s, "", out, true, Progress.NONE).lost()).isEmpty();
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
        }
    }

    private static void isKnownAsUnfinished(Repository r, Snapshot s, Path out) {
        assertThatThrownBy(() -> r.restore(s, "", out, false, Progress.NONE)).hasMessageContaining("did not end");
    }

    /** Nor does one path end what another was to be. */
    @Test
    void oneThatIsRestoredOverWhatDidNotEndDoesNotMakeItPassForWhole() throws IOException {
        Path src = source("file");
        Files.write(src.resolve("z"), Fixture.random(1, 100));
        Path out = Files.createDirectory(tmp.resolve("out"));
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Snapshot s = Fixture.backup(r, src).snapshot();
            assertThatThrownBy(() -> r.restore(s, "z", out, true, KILLED)).hasStackTraceContaining("killed");
            assertThat(r.restore(s, "a", out, true, Progress.NONE).files()).isEqualTo(1);
            isKnownAsUnfinished(r, s, out);
            assertThat(r.restore(s, "z", out, true, Progress.NONE).files()).isEqualTo(1);
            assertThat(Fixture.isUnfinished(out)).as("that path is there now").isFalse();

            assertThatThrownBy(() -> r.restore(s, "", out, true, KILLED)).hasStackTraceContaining("killed");
            assertThat(r.restore(s, "z", out, true, Progress.NONE).files()).isEqualTo(1);
            isKnownAsUnfinished(r, s, out);
            assertThat(r.restore(s, "", out, true, Progress.NONE).lost()).isEmpty();
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
        }
    }

    @Test
    void allThatRestoresLeftGoesWithTheOneThatEnds() throws IOException {
        Path src = source("file");
        Path out = Files.createDirectory(tmp.resolve("out"));
        Files.createDirectory(out.resolve("d"));
        for (int i = 0; i < 2; i++) {
            UUID id = UUID.randomUUID();
            Files.createFile(out.resolve(MARK + "-" + id));
            Files.createFile(out.resolve("d/.fleet-restore-" + id + "-1"));
        }
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            r.restore(Fixture.backup(r, src).snapshot(), "", out, true, Progress.NONE);
        }
        assertThat(out.resolve("d")).isEmptyDirectory();
        Files.delete(out.resolve("d"));
        assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
    }

    /** A night's backup takes what a killed restore left, with the names of files that were not complete. */
    @Test
    void whatWasNotCompleteAndWasBackedUpTakesNoOthersPlace() throws IOException {
        Path src = source("file");
        UUID id = UUID.randomUUID();
        Files.createFile(src.resolve(MARK + "-" + id));
        for (int i = 2; i < 5; i++) {
            Files.write(src.resolve(".fleet-restore-" + id + "-" + i), Fixture.random(i, 100));
        }
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Snapshot s = Fixture.backup(r, src).snapshot();
            Map<String, String> before = Fixture.describe(src);
            assertThat(r.restore(s, "", src, true, Progress.NONE).lost()).isEmpty();
            assertThat(Fixture.describe(src)).isEqualTo(before);
        }
    }

    @Test
    void whatDidNotEndAndWasBackedUpComesBackOverItself() throws IOException {
        Path src = source("file");
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Path mark = Files.createFile(src.resolve(MARK + "-" + UUID.randomUUID()));
            Snapshot s = Fixture.backup(r, src).snapshot();
            Map<String, String> before = Fixture.describe(src);
            assertThat(r.restore(s, "", src, true, Progress.NONE).lost()).isEmpty();
            assertThat(mark).exists();
            assertThat(Fixture.describe(src)).isEqualTo(before);
        }
    }
}
