package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRoundTripTest {
    @TempDir
    Path tmp;

    private Path src;
    private Path out;

    @BeforeEach
    void tree() throws IOException {
        src = Files.createDirectories(tmp.resolve("src"));
        out = tmp.resolve("out");
        Files.writeString(src.resolve("empty"), "");
        Files.writeString(src.resolve("ümläut.txt"), "grüße");
        Files.write(Path.of(URI.create(src.toUri() + "%FF%FEraw%80")), Fixture.random(1, 100));
        Path deep = Files.createDirectories(src.resolve("a/b/c"));
        Files.write(deep.resolve("big"), Fixture.random(2, 5_000_000));
        Files.write(deep.resolve("same"), Fixture.random(2, 5_000_000));
        Files.write(src.resolve("a.b"), Fixture.random(3, 70_000));
        Files.write(src.resolve("a-"), Fixture.random(4, 10));
        Files.createSymbolicLink(src.resolve("link"), Path.of("a/b/../b/c/big"));
        Files.createSymbolicLink(src.resolve("dangling"), Path.of("/nowhere/ä"));
        Files.createLink(src.resolve("hard"), deep.resolve("big"));
        try (RandomAccessFile sparse =
                new RandomAccessFile(src.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(20_000_000);
            sparse.seek(10_000_000);
            sparse.write(7);
        }
        Files.setAttribute(src.resolve("a-"), "unix:mode", 04750);
        Files.setAttribute(deep, "unix:mode", 0500);
        Files.setLastModifiedTime(src.resolve("a.b"), FileTime.from(Instant.ofEpochSecond(-5, 123_456_789)));
        Files.setLastModifiedTime(src.resolve("a"), FileTime.from(Instant.ofEpochSecond(1_000_000_000, 1)));
    }

    @Test
    void everythingComesBackAsItWas() {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            StoredSnapshot s = Fixture.backup(r, src);
            RestoreResult result = r.restore(s.snapshot(), "", out, false, Progress.NONE);
            assertThat(result.lost()).isEmpty();
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
            assertThat(r.verify(1, new java.util.Random(1), Progress.NONE).isSound())
                    .isTrue();
        }
    }

    @Test
    void holesStayHoles() throws IOException {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            StoredSnapshot s = Fixture.backup(r, src);
            assertThat(s.snapshot().added()).isLessThan(6_000_000);
            r.restore(s.snapshot(), "sparse", out, false, Progress.NONE);
        }
        Process du = new ProcessBuilder("du", "-k", out.resolve("sparse").toString()).start();
        String kib = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("\t", 2)[0];
        assertThat(Long.parseLong(kib)).isLessThan(5_000);
    }

    @Test
    void unchangedFilesAreNotStoredAgain() {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Fixture.backup(r, src);
            StoredSnapshot second = Fixture.backup(r, src);
            assertThat(second.snapshot().added()).isLessThan(3_000);
            r.restore(second.snapshot(), "", out, false, Progress.NONE);
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
        }
    }

    @Test
    void oneFolderIsRestoredAlone() {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            StoredSnapshot s = Fixture.backup(r, src);
            r.restore(s.snapshot(), "a/b", out, false, Progress.NONE);
            assertThat(out.resolve("a/b/c/big")).hasSameBinaryContentAs(src.resolve("a/b/c/big"));
            assertThat(out.resolve("a.b")).doesNotExist();
        }
    }

    @Test
    void aFullFolderIsOverwrittenOnlyWhenTold() throws IOException {
        Files.createDirectories(out.resolve("a.b-is-not-touched"));
        Files.writeString(out.resolve("a.b"), "old");
        Files.createSymbolicLink(out.resolve("a"), tmp.resolve("elsewhere"));
        Files.createDirectories(tmp.resolve("elsewhere"));
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            StoredSnapshot s = Fixture.backup(r, src);
            assertThatThrownBy(() -> r.restore(s.snapshot(), "", out, false, Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_EXISTS));
            assertThat(out.resolve("a.b")).hasContent("old");
            assertThat(r.restore(s.snapshot(), "", out, true, Progress.NONE).lost())
                    .isEmpty();
            assertThat(out.resolve("a.b")).hasSameBinaryContentAs(src.resolve("a.b"));
            assertThat(tmp.resolve("elsewhere")).isEmptyDirectory();
        }
    }

    @Test
    void aTarOfAFolderIsWhatTarUnpacks() throws IOException, InterruptedException {
        Path tar = tmp.resolve("out.tar");
        try (Repository r = Fixture.init(tmp.resolve("repo"));
                java.io.OutputStream to = Files.newOutputStream(tar)) {
            r.archive(Fixture.backup(r, src).snapshot(), to, Progress.NONE);
        }
        Files.createDirectories(out);
        Process p = new ProcessBuilder("tar", "-xpf", tar.toString(), "-C", out.toString())
                .inheritIO()
                .start();
        assertThat(p.waitFor()).isZero();
        assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
    }

    @Test
    void catAndLsAndDiffTellWhatIsThere() throws IOException {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Snapshot one = Fixture.backup(r, src).snapshot();
            Files.writeString(src.resolve("new"), "new");
            Files.delete(src.resolve("a-"));
            Files.writeString(src.resolve("ümläut.txt"), "anders");
            Files.setLastModifiedTime(src.resolve("a.b"), FileTime.fromMillis(5));
            Snapshot two = Fixture.backup(r, src).snapshot();
            ByteArrayOutputStream cat = new ByteArrayOutputStream();
            r.cat(two, "ümläut.txt", cat, Progress.NONE);
            assertThat(cat.toString(StandardCharsets.UTF_8)).isEqualTo("anders");
            List<String> names = new ArrayList<>();
            r.ls(two, e -> names.add(e.name()));
            assertThat(names).contains("a", "a/b/c/big", "new").doesNotContain("a-");
            List<String> differences = new ArrayList<>();
            r.diff(one, two, d -> differences.add(d.kind() + " " + d.name()));
            assertThat(differences)
                    .containsExactlyInAnyOrder("REMOVED a-", "TOUCHED a.b", "ADDED new", "CHANGED ümläut.txt");
            assertThatThrownBy(() -> r.cat(two, "a-", cat, Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
        }
    }

    @Test
    void excludedPathsAreLeftOut() {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Source.Folder source = new Source.Folder("src", src, List.of("a", "*.txt"), false);
            Snapshot s =
                    r.backup(source, List.of("tag"), Progress.NONE).stored().snapshot();
            List<String> names = new ArrayList<>();
            r.ls(s, e -> names.add(e.name()));
            assertThat(names).contains("a.b", "sparse").noneMatch(n -> n.startsWith("a/") || n.endsWith(".txt"));
            assertThat(s.tags()).containsExactly("tag");
        }
    }

    @Test
    void aPipeIsReportedAndAllElseIsKept() throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", src.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            BackupResult b = r.backup(Source.Folder.of("src", src), List.of(), Progress.NONE);
            assertThat(b.problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.where()).endsWith("pipe"));
            assertThat(b.stored().snapshot().problems()).isEqualTo(1);
            assertThat(r.restore(b.stored().snapshot(), "", out, false, Progress.NONE)
                            .lost())
                    .isEmpty();
            assertThat(out.resolve("a.b")).exists();
        }
    }

    @Test
    void aFolderThatIsNotThereFailsAndRecordsNothing() {
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            assertThatThrownBy(() -> Fixture.backup(r, tmp.resolve("none")))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_FAILED));
            assertThat(r.list()).isEmpty();
        }
    }
}
