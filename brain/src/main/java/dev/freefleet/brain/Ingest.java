package dev.freefleet.brain;

import dev.freefleet.brain.text.ParsedDocument;
import dev.freefleet.brain.text.Passage;
import dev.freefleet.brain.text.PassageSplitter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run that makes the index mirror the roots: new and changed files are read, unchanged ones (by digest) are not
 * touched, documents whose files are gone are deleted. Commits from time to time, so that a crash costs little.
 */
final class Ingest {

    /** Passages that are embedded together: enough to keep all threads busy, few enough to be small. */
    private static final int BATCH = 32;

    /** Passages between commits: some ten seconds of work. */
    private static final int COMMIT_EVERY = 1_000;

    /** How much of a file tells whether it is binary: more than one control character in a hundred. */
    private static final int SNIFFED_CHARS = 8_000;

    private static final int MAX_CONTROL_SHARE = 100;

    private final BrainConfig config;
    private final BrainIndex index;
    private final SentenceModel model;
    private final Clock clock;
    private final IngestListener listener;
    private final BooleanSupplier stopped;

    private final List<SkippedFile> skipped = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private int pendingPassages;
    private int sinceCommit;
    private int added;
    private int changed;
    private int unchanged;
    private int written;

    private record Pending(DocumentRow row, List<PassageRow> passages) {}

    Ingest(
            BrainConfig config,
            BrainIndex index,
            SentenceModel model,
            Clock clock,
            IngestListener listener,
            BooleanSupplier stopped) {
        this.config = config;
        this.index = index;
        this.model = model;
        this.clock = clock;
        this.listener = listener;
        this.stopped = stopped;
    }

    IngestReport run(List<Path> roots) throws IOException {
        long start = clock.millis();
        FolderScan.Result scan = FolderScan.of(roots, config.documents());
        scan.skipped().forEach(this::skip);
        listener.found(scan.files().size());
        Map<String, DocumentRow> before = index.documents();
        Set<String> gone = new HashSet<>(before.keySet());
        for (SourceFile file : scan.files()) {
            if (stopped.getAsBoolean()) {
                index.commit();
                throw new BrainException("The Brain was closed during an ingest; the next one completes it.");
            }
            boolean keep = take(file, before.get(file.id()));
            if (keep) {
                gone.remove(file.id());
            }
        }
        flush();
        gone.removeIf(document -> scan.unreadable().stream().anyMatch(path -> isAtOrBelow(document, path)));
        for (String document : gone) {
            index.delete(document);
        }
        index.commit();
        skipped.sort(Comparator.comparing(SkippedFile::document));
        Duration took = Duration.ofMillis(Math.max(0, clock.millis() - start));
        return new IngestReport(added, changed, gone.size(), unchanged, written, skipped, took);
    }

    private static boolean isAtOrBelow(String document, String path) {
        return document.equals(path) || document.startsWith(path + "/");
    }

    /** Whether the index has or gets something under the file's id. */
    private boolean take(SourceFile file, @Nullable DocumentRow before) throws IOException {
        byte[] bytes;
        FileTime modified;
        try (InputStream in = Files.newInputStream(file.path(), LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(config.fileBytes() + 1);
            modified = Files.getLastModifiedTime(file.path(), LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            skip(new SkippedFile(file.id(), "cannot be read (" + e.getClass().getSimpleName() + ")"));
            listener.done(file.id());
            return before != null; // what is known of it stays until it can be read again
        }
        if (bytes.length > config.fileBytes()) {
            return refuse(file, "is larger than " + config.fileBytes() + " bytes");
        }
        String digest = Digest.of(bytes);
        if (before != null && before.digest().equals(digest)) {
            unchanged++;
            listener.done(file.id());
            return true;
        }
        String text = decoded(bytes);
        if (text == null) {
            return refuse(file, "is not UTF-8 text");
        }
        if (isBinary(text)) {
            return refuse(file, "is binary");
        }
        read(file, text.replace('\0', ' '), digest, modified.toMillis(), before);
        return true;
    }

    private boolean refuse(SourceFile file, String reason) {
        skip(new SkippedFile(file.id(), reason));
        listener.done(file.id());
        return false;
    }

    private void skip(SkippedFile file) {
        skipped.add(file);
        listener.skipped(file);
    }

    private static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Binary files that happen to be UTF-8 are full of control characters; a manual may quote one. */
    private static boolean isBinary(String text) {
        long controls = text.chars()
                .limit(SNIFFED_CHARS)
                .filter(c -> c < ' ' && "\t\n\r\f\u001b".indexOf(c) < 0)
                .count();
        return controls * MAX_CONTROL_SHARE > Math.min(SNIFFED_CHARS, text.length());
    }

    private void read(SourceFile file, String text, String digest, long modified, @Nullable DocumentRow before)
            throws IOException {
        ParsedDocument parsed = file.format().parse(text);
        List<Passage> passages = PassageSplitter.split(parsed.blocks());
        String title = parsed.title() != null
                ? parsed.title()
                : file.path().getFileName().toString();
        long date = parsed.date() != null
                ? parsed.date().atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli()
                : modified;
        long now = clock.millis();
        String format = file.format().label();
        int words = 0;
        List<PassageRow> rows = new ArrayList<>(passages.size());
        for (Passage passage : passages) {
            words += passage.text().split("\\s+").length;
            rows.add(new PassageRow(
                    file.id() + "#" + passage.anchor(),
                    file.id(),
                    format,
                    title,
                    passage.heading(),
                    passage.position(),
                    date,
                    passage.text()));
        }
        DocumentRow row = new DocumentRow(
                file.id(),
                format,
                title,
                date,
                digest,
                before == null ? now : before.added(),
                now,
                words,
                rows.size(),
                FrequentTerms.of(passages),
                Links.resolve(file.id(), parsed.links()));
        if (before == null) {
            added++;
        } else {
            changed++;
        }
        pending.add(new Pending(row, rows));
        pendingPassages += rows.size();
        if (pendingPassages >= BATCH) {
            flush();
        }
    }

    private void flush() throws IOException {
        List<String> texts = new ArrayList<>(pendingPassages);
        for (Pending document : pending) {
            document.passages().forEach(passage -> texts.add(embeddable(passage)));
        }
        List<float[]> vectors = model.embed(texts);
        int from = 0;
        for (Pending document : pending) {
            int to = from + document.passages().size();
            index.replace(document.row(), document.passages(), vectors.subList(from, to));
            written += to - from;
            from = to;
            listener.done(document.row().id());
        }
        sinceCommit += pendingPassages + pending.size();
        pending.clear();
        pendingPassages = 0;
        if (sinceCommit >= COMMIT_EVERY) {
            index.commit();
            sinceCommit = 0;
        }
    }

    /** A passage means little without what it stands under. */
    private static String embeddable(PassageRow passage) {
        return passage.title() + "\n" + passage.heading() + "\n" + passage.text();
    }
}
