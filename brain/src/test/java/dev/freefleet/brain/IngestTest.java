package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestTest {

    @TempDir
    private Path temporary;

    private BrainFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = BrainFixture.in(temporary);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private String firstPath(String question) {
        List<Answer.Source> sources = fixture.brain.ask(question, 1).sources();
        return sources.isEmpty() ? "" : sources.getFirst().metadata().path();
    }

    @Test
    void leavesUnchangedDocumentsAndTheIndexVersionAlone() throws IOException {
        fixture.withManual();
        Brain.Status before = fixture.brain.status();
        Files.setLastModifiedTime(fixture.documents.resolve("guide/care.md"), FileTime.from(Instant.EPOCH));
        IngestReport again = fixture.ingest();
        assertThat(again.unchanged()).isEqualTo(4);
        assertThat(again.changedIndex()).isFalse();
        assertThat(again.passages()).isZero();
        assertThat(fixture.brain.status()).isEqualTo(before);
    }

    @Test
    void takesInNewChangedAndDeletedFilesAndNothingElse() throws IOException {
        fixture.withManual();
        Instant before = fixture.brain.status().lastUpdate();
        fixture.write("new/teapot.md", "# Teapots\n\nA teapot of clay keeps the tea warm for half an hour.");
        fixture.write("notes.txt", "Coffee\n======\n\nCoffee wants water just below boiling.");
        Files.delete(fixture.documents.resolve("warranty.html"));
        List<String> done = new ArrayList<>();
        IngestReport report = fixture.brain.ingest(List.of(fixture.documents), new IngestListener() {
            @Override
            public void found(int files) {
                done.add("found " + files);
            }

            @Override
            public void done(String document) {
                done.add(document);
            }
        });
        assertThat(report)
                .returns(1, IngestReport::added)
                .returns(1, IngestReport::changed)
                .returns(1, IngestReport::deleted)
                .returns(2, IngestReport::unchanged);
        assertThat(done)
                .startsWith("found 4")
                .containsExactlyInAnyOrder(
                        "found 4", "guide/care.md", "guide/install.md", "new/teapot.md", "notes.txt");
        assertThat(fixture.brain.status().lastUpdate()).isAfter(before);
        assertThat(fixture.brain.status().documents()).isEqualTo(4);
        assertThat(firstPath("what keeps tea warm?")).isEqualTo("new/teapot.md");
        assertThat(firstPath("how hot is the water for coffee?")).isEqualTo("notes.txt");
        assertThat(fixture.brain
                        .ask("how long is the warranty, where is the receipt?", 50)
                        .sources())
                .noneMatch(source -> source.metadata().path().equals("warranty.html"));
    }

    @Test
    void indexVersionGrowsThoughTheClockStandsStill() {
        List<Instant> versions = new ArrayList<>();
        versions.add(fixture.brain.status().lastUpdate());
        for (int i = 0; i < 3; i++) {
            fixture.write("a.md", "Text number " + i);
            fixture.ingest();
            versions.add(fixture.brain.status().lastUpdate());
        }
        assertThat(versions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void skipsAndReportsWhatItCannotRead() throws IOException {
        fixture.write("good.md", "# Good\n\nThis one is fine.");
        Files.write(fixture.documents.resolve("latin.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(fixture.documents.resolve("binary.txt"), new byte[200]);
        Files.write(fixture.documents.resolve("picture.md"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        fixture.write("large.md", "word ".repeat(1_000_000));
        fixture.write("ignored.pdf", "not ours");
        fixture.write(".hidden/secret.md", "not to be read");
        fixture.write(".secret.md", "not to be read");
        fixture.write("empty.md", "");
        IngestReport report = fixture.ingest();
        assertThat(report.added()).isEqualTo(2);
        assertThat(report.skipped())
                .containsExactly(
                        new SkippedFile("binary.txt", "is binary"),
                        new SkippedFile("large.md", "is larger than 4194304 bytes"),
                        new SkippedFile("latin.txt", "is not UTF-8 text"),
                        new SkippedFile("picture.md", "is not UTF-8 text"));
        assertThat(fixture.brain.status().documents()).isEqualTo(2);
    }

    @Test
    void dropsADocumentThatBecameUnreadableAsText() throws IOException {
        fixture.withManual();
        Files.write(fixture.documents.resolve("notes.txt"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(fixture.ingest().deleted()).isEqualTo(1);
    }

    @Test
    void followsNoSymbolicLinkOutOfTheFolder() throws IOException {
        Path outside = Files.writeString(temporary.resolve("outside.md"), "# Secret\n\nThe vault opens at noon.");
        Path folder = Files.createDirectories(temporary.resolve("elsewhere"));
        Files.writeString(folder.resolve("b.md"), "# Secret too\n\nThe vault closes at one.");
        fixture.write("a.md", "# Open\n\nNothing to hide here.");
        Files.createSymbolicLink(fixture.documents.resolve("link.md"), outside);
        Files.createSymbolicLink(fixture.documents.resolve("folder"), folder);
        Files.createSymbolicLink(fixture.documents.resolve("inside.md"), fixture.documents.resolve("a.md"));
        Files.createSymbolicLink(fixture.documents.resolve("loop"), fixture.documents);
        IngestReport report = fixture.ingest();
        assertThat(report.added()).isEqualTo(1);
        assertThat(report.skipped()).extracting(SkippedFile::document).containsExactly("folder", "link.md");
    }

    @Test
    void namesDocumentsOfSeveralRootsByTheirRoot() throws IOException {
        Path docs = Files.createDirectories(temporary.resolve("project/docs"));
        Files.writeString(docs.resolve("README.md"), "# Documentation\n\nStart here. See [the readme](../README.md).");
        Path readme = Files.writeString(temporary.resolve("project/README.md"), "# Project\n\nIt boils water.");
        IngestReport report = fixture.brain.ingest(List.of(docs, readme), IngestListener.SILENT);
        assertThat(report.added()).isEqualTo(2);
        assertThat(fixture.brain
                        .ask("what does the project do? It boils water", 5)
                        .sources())
                .extracting(source -> source.metadata().path())
                .contains("README.md", "docs/README.md");
        assertThat(fixture.brain.ask("project", 5).sources())
                .filteredOn(source -> source.metadata().path().equals("README.md"))
                .allMatch(source -> source.metadata().engagement() == 1);
        IngestReport again = fixture.brain.ingest(List.of(docs, readme), IngestListener.SILENT);
        assertThat(again.unchanged()).isEqualTo(2);
    }

    @Test
    void changesNothingWhenARootIsMissing() {
        fixture.withManual();
        Brain.Status before = fixture.brain.status();
        Path missing = temporary.resolve("missing");
        assertThatThrownBy(() -> fixture.brain.ingest(List.of(fixture.documents, missing), IngestListener.SILENT))
                .isInstanceOf(BrainException.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("Nothing was changed");
        assertThatThrownBy(() -> fixture.brain.ingest(List.of(), IngestListener.SILENT))
                .isInstanceOf(BrainException.class)
                .hasMessageContaining("at least one folder");
        assertThat(fixture.brain.status()).isEqualTo(before);
    }

    @Test
    void refusesMoreDocumentsThanConfigured(@TempDir Path other) throws IOException {
        try (BrainFixture small = new BrainFixture(other, config -> config.withDocuments(2))) {
            small.write("a.md", "a");
            small.write("b.md", "b");
            assertThat(small.ingest().added()).isEqualTo(2);
            small.write("c.md", "c");
            assertThatThrownBy(small::ingest)
                    .isInstanceOf(BrainException.class)
                    .hasMessageContaining("more than 2 documents");
            assertThat(small.brain.status().documents()).isEqualTo(2);
        }
    }

    @Test
    void takesDeeplyNestedAndHostileMarkup() {
        fixture.write("quotes.md", ">".repeat(50_000) + " deep");
        fixture.write("brackets.md", "[".repeat(20_000) + "a" + "]".repeat(20_000));
        fixture.write("stars.md", "*a_ ".repeat(20_000));
        fixture.write("divs.html", "<div>".repeat(50_000) + "deep");
        fixture.write("bare.html", "<p>open <b>never closed <script>alert(1)");
        assertThat(fixture.ingest().added()).isEqualTo(5);
    }
}
