package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ChunkId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest {
    @TempDir
    Path tmp;

    private Repository repository;

    @BeforeEach
    void open() {
        repository = Fixture.init(tmp.resolve("repo"));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private Path tree() throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        Files.write(src.resolve("big"), Fixture.random(1, 3_000_000));
        Files.writeString(src.resolve("small"), "small");
        Files.createDirectories(src.resolve("d"));
        Files.writeString(src.resolve("d").resolve("n".repeat(180)), "long name");
        Files.createSymbolicLink(src.resolve("link"), Path.of("small"));
        Files.createLink(src.resolve("twin"), src.resolve("big"));
        try (InputStream in = StreamTest.class.getResourceAsStream("/lance/vectors-2.1.lance")) {
            Files.copy(java.util.Objects.requireNonNull(in), src.resolve("d/vectors.lance"));
        }
        return src;
    }

    private byte[] tar(Path src, String format) throws IOException {
        Process p = new ProcessBuilder("tar", "--format=" + format, "-cf", "-", "-C", src.toString(), ".").start();
        return p.getInputStream().readAllBytes();
    }

    private Snapshot backup(byte[] stream) {
        return repository
                .backup(Fixture.stream(stream), List.of(), Progress.NONE)
                .stored()
                .snapshot();
    }

    private byte[] archive(Snapshot s) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.archive(s, out, Progress.NONE);
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ustar", "pax", "gnu", "oldgnu", "v7"})
    void aTarComesBackByteForByteAndMemberByMember(String format) throws IOException {
        Path src = tree();
        if (format.equals("ustar") || format.equals("v7")) {
            Files.delete(src.resolve("d").resolve("n".repeat(180)));
        }
        byte[] tar = tar(src, format);
        Snapshot s = backup(tar);
        assertThat(s.kind()).isEqualTo(Snapshot.Kind.TAR);
        assertThat(archive(s)).isEqualTo(tar);
        Path out = tmp.resolve("out");
        RestoreResult r = repository.restore(s, "", out, false, Progress.NONE);
        assertThat(r.lost()).isEmpty();
        for (String f : List.of("big", "small", "twin", "d/vectors.lance")) {
            assertThat(out.resolve(f)).hasSameBinaryContentAs(src.resolve(f));
        }
        assertThat(Files.readSymbolicLink(out.resolve("link"))).isEqualTo(Path.of("small"));
        if (Files.exists(src.resolve("d").resolve("n".repeat(180)))) {
            assertThat(out.resolve("d").resolve("n".repeat(180))).hasContent("long name");
        }
    }

    @Test
    void aTarOfAFolderSharesItsChunks() throws IOException {
        Path src = tree();
        Fixture.backup(repository, src);
        Snapshot s = backup(tar(src, "pax"));
        assertThat(s.added()).isLessThan(40_000);
    }

    @Test
    void oneMemberIsReadAlone() throws IOException {
        Snapshot s = backup(tar(tree(), "pax"));
        List<String> names = new ArrayList<>();
        repository.ls(s, e -> names.add(e.name()));
        assertThat(names).contains("small", "d/vectors.lance", "link").doesNotContain(".");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.cat(s, "small", out, Progress.NONE);
        assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("small");
    }

    @Test
    void anOpaqueStreamComesBackByteForByte() throws IOException {
        byte[] bytes = Fixture.random(9, 2_345_678);
        Snapshot s = backup(bytes);
        assertThat(s.kind()).isEqualTo(Snapshot.Kind.OPAQUE);
        assertThat(archive(s)).isEqualTo(bytes);
        repository.restore(s, "", tmp.resolve("out"), false, Progress.NONE);
        assertThat(tmp.resolve("out/stream")).hasBinaryContent(bytes);
    }

    @Test
    void aMemberOutsideOfThePlaceIsNotRestored() throws IOException {
        Path src = tree();
        Process p = new ProcessBuilder(
                        "tar", "-cf", "-", "-P", "-C", src.toString(), "--transform", "s,^,../,", "small", "big")
                .start();
        Snapshot s = backup(p.getInputStream().readAllBytes());
        RestoreResult r = repository.restore(s, "", tmp.resolve("deep/out"), false, Progress.NONE);
        assertThat(r.lostCount()).isEqualTo(2);
        assertThat(tmp.resolve("deep/small")).doesNotExist();
    }

    private void refused(Source source, String why) {
        assertThatThrownBy(() -> repository.backup(source, List.of(), Progress.NONE))
                .isInstanceOfSatisfying(BackupException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.SOURCE_FAILED);
                    assertThat(e).hasMessageContaining(why);
                });
        assertThat(repository.list()).isEmpty();
        assertThat(repository.verify(1, new java.util.Random(1), Progress.NONE).isSound())
                .isTrue();
    }

    @Test
    void aStreamThatStopsHalfWayRecordsNothing() {
        byte[] bytes = Fixture.random(1, 1_000_000);
        refused(new Source.Stream("s", () -> new ByteArrayInputStream(bytes), 2_000_000, null, false), "1000000 bytes");
        refused(
                new Source.Stream(
                        "s",
                        () -> new java.io.SequenceInputStream(new ByteArrayInputStream(bytes), new Broken()),
                        -1,
                        null,
                        false),
                "broke off");
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            throw new IOException("connection reset");
        }
    }

    @Test
    void aStreamWithAnotherDigestRecordsNothing() {
        byte[] bytes = Fixture.random(1, 1000);
        String other = ChunkId.hex(Fixture.random(2, 10));
        refused(new Source.Stream("s", () -> new ByteArrayInputStream(bytes), -1, other, false), "SHA-256");
        String right = ChunkId.hex(bytes);
        repository.backup(
                new Source.Stream("s", () -> new ByteArrayInputStream(bytes), -1, right, false),
                List.of(),
                Progress.NONE);
        assertThat(repository.list()).hasSize(1);
    }

    @Test
    void anErrorPageInPlaceOfATarRecordsNothing() {
        byte[] page = "<html>503 Service Unavailable</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        refused(new Source.Stream("s", () -> new ByteArrayInputStream(page), -1, null, true), "not a tar");
    }

    @Test
    void aTarThatIsCutShortRecordsNothing() throws IOException {
        byte[] tar = tar(tree(), "pax");
        for (int length : new int[] {tar.length - 10_240, 1024, 600_000, 512, 700}) {
            byte[] half = Arrays.copyOf(tar, length);
            refused(new Source.Stream("s", () -> new ByteArrayInputStream(half), -1, null, true), "tar");
        }
    }

    @Test
    void anEmptyStreamRecordsNothing() {
        refused(new Source.Stream("s", () -> new ByteArrayInputStream(new byte[0]), -1, null, false), "empty");
    }
}
