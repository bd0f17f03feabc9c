package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.cut.TarMember;
import dev.freefleet.backup.cut.TarScanner;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ContentRef;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Takes a stream in, lists its members if it is a tar, and refuses it if it is not what its source promised. */
final class StreamIntake {
    private final Source.Stream source;
    private final Intake intake;
    private final EntryList list;
    private final Path scratch;
    private final Progress progress;
    private @Nullable ContentRef content;
    private boolean tar;

    StreamIntake(Source.Stream source, Intake intake, EntryList list, Path scratch, Progress progress) {
        this.source = source;
        this.intake = intake;
        this.list = list;
        this.scratch = scratch;
        this.progress = progress;
    }

    void run() {
        MessageDigest sha = ChunkId.sha256();
        try (InputStream in = new Counted(source.opener().open())) {
            boolean digested = source.sha256() != null;
            TarScanner scanner = new TarScanner(
                    digested ? new DigestInputStream(in, sha) : in, intake.chunker(), scratch, this::member);
            scanner.run();
            intake.chunker().end((Intake.Done) whole -> content = whole);
            tar = scanner.isTar();
            check(scanner, sha);
        } catch (IOException e) {
            throw failed("it broke off: " + e, e);
        }
    }

    private void check(TarScanner scanner, MessageDigest sha) {
        if (source.length() >= 0 && scanner.position() != source.length()) {
            throw failed("it has " + scanner.position() + " bytes where " + source.length() + " were promised", null);
        }
        String promised = source.sha256();
        if (promised != null && !promised.equalsIgnoreCase(HexFormat.of().formatHex(sha.digest()))) {
            throw failed("its SHA-256 is not the one that was promised", null);
        }
        if (source.tar() && !(scanner.isTar() && scanner.ended())) {
            throw failed(scanner.isTar() ? "the tar is cut short" : "it is not a tar", null);
        }
        if (scanner.position() == 0) {
            throw failed("it is empty", null);
        }
    }

    private BackupException failed(String what, @Nullable Throwable cause) {
        return new BackupException(
                Reason.SOURCE_FAILED,
                null,
                "The stream of source " + source.name() + " cannot be trusted: " + what
                        + ". Nothing is recorded; earlier snapshots stand.",
                cause);
    }

    private void member(TarMember m) {
        Entry.Type type = switch (m.kind()) {
            case FILE -> Entry.Type.MEMBER;
            case FOLDER -> Entry.Type.FOLDER;
            case SYMLINK -> Entry.Type.SYMLINK;
            case HARDLINK -> Entry.Type.HARDLINK;
            case OTHER -> Entry.Type.OTHER;
        };
        byte[] path = relative(m.path());
        if (path.length == 0) {
            return;
        }
        list.add(new Entry(
                path,
                type,
                m.mode(),
                m.uid(),
                m.gid(),
                m.modified(),
                0,
                m.size(),
                ContentRef.EMPTY,
                m.at(),
                type == Entry.Type.HARDLINK ? relative(m.target()) : m.target()));
    }

    /** Tars name their members {@code ./a}, or {@code /a}; both mean {@code a} in the place to restore to. */
    private static byte[] relative(byte[] path) {
        int from = 0;
        while (from < path.length) {
            boolean slash = path[from] == '/';
            boolean dot = path[from] == '.' && (from + 1 == path.length || path[from + 1] == '/');
            if (!slash && !dot) {
                break;
            }
            from++;
        }
        return Arrays.copyOfRange(path, from, path.length);
    }

    ContentRef content() {
        return content == null ? ContentRef.EMPTY : content;
    }

    boolean isTar() {
        return tar;
    }

    private final class Counted extends FilterInputStream {
        private long read;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = super.read(b, off, len);
            read += Math.max(n, 0);
            progress.at(Progress.Stage.READ, read, source.length());
            return n;
        }
    }
}
