package dev.freefleet.backup;

import dev.freefleet.backup.BlockFetch.Taker;
import dev.freefleet.backup.BlockFetch.Want;
import dev.freefleet.backup.format.ByteWriter;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** Writes contents in order to a stream, and folders as tar streams (POSIX pax). The first loss ends it with an exception. */
final class Archive {
    /** Bytes that are put in order in memory before they are written. */
    private static final int WINDOW = 32 << 20;

    private static final int BLOCK = 512;

    private final ChunkReader reader;
    private final BlockFetch fetch;
    private final OutputStream out;
    private final Progress progress;
    private long written;

    Archive(ChunkReader reader, BlockFetch fetch, OutputStream out, Progress progress) {
        this.reader = reader;
        this.fetch = fetch;
        this.out = out;
        this.progress = progress;
    }

    /** Writes {@code length} bytes of the content from {@code from} on. */
    void content(ContentRef content, long from, long length) throws IOException {
        Iterator<ChunkRef> chunks = reader.chunks(content);
        List<ChunkRef> window = new ArrayList<>();
        long skip = from;
        long left = length;
        long gathered = 0;
        while (left > 0 && chunks.hasNext()) {
            ChunkRef ref = chunks.next();
            if (skip >= ref.length()) {
                skip -= ref.length();
                continue;
            }
            window.add(ref);
            gathered += ref.length();
            if (gathered - skip >= Math.min(left, WINDOW)) {
                left -= window(window, (int) gathered, (int) skip, left);
                window.clear();
                gathered = 0;
                skip = 0;
            }
        }
        if (left > 0) {
            throw BackupException.damaged("list of chunks", "it ends " + left + " bytes before its content");
        }
    }

    private long window(List<ChunkRef> refs, int size, int skip, long left) throws IOException {
        byte[] buf = new byte[size];
        List<Want<Integer>> wants = new ArrayList<>();
        int at = 0;
        for (ChunkRef ref : refs) {
            wants.add(new Want<>(ref, reader.locate(ref).getFirst(), at));
            at += ref.length();
        }
        fetch.fetch(wants, new Taker<Integer>() {
            @Override
            public void chunks(List<Want<Integer>> whole, byte[] block) {
                for (Want<Integer> w : whole) {
                    System.arraycopy(
                            block,
                            w.location().offset(),
                            buf,
                            w.token(),
                            w.ref().length());
                }
            }

            @Override
            public void lost(Want<Integer> w, BackupException why) {
                System.arraycopy(
                        reader.read(w.ref()), 0, buf, w.token(), w.ref().length());
            }
        });
        int n = (int) Math.min(left, size - skip);
        out.write(buf, skip, n);
        written += n;
        progress.at(Progress.Stage.RESTORE, written, -1);
        return n;
    }

    /** Writes a folder's entry as a member, with its content. */
    void member(Entry e) throws IOException {
        if (e.type() == Entry.Type.OTHER || e.type() == Entry.Type.HARDLINK) {
            return;
        }
        byte[] name = e.type() == Entry.Type.FOLDER ? PathBytes.join(e.path(), new byte[0]) : e.path();
        ByteWriter pax = new ByteWriter();
        record(pax, "path", name, name.length > 100 || !isAscii(name));
        record(pax, "linkpath", e.target(), e.target().length > 100 || !isAscii(e.target()));
        record(pax, "size", ascii(e.size()), e.size() > 077777777777L);
        Instant m = e.modified();
        boolean odd = m.getNano() != 0 || m.getEpochSecond() < 0 || m.getEpochSecond() > 077777777777L;
        record(pax, "mtime", ascii(decimal(m)), odd);
        if (pax.size() > 0) {
            out.write(header("pax".getBytes(StandardCharsets.US_ASCII), e, pax.size(), 'x', new byte[0]));
            out.write(pax.toByteArray());
            pad(pax.size());
        }
        char type = switch (e.type()) {
            case FOLDER -> '5';
            case SYMLINK -> '2';
            case FILE, MEMBER, HARDLINK, OTHER -> '0';
        };
        out.write(header(name, e, e.size(), type, e.target()));
        if (e.size() > 0) {
            content(e.content(), 0, e.size());
            pad(e.size());
        }
    }

    /** Ends the tar. */
    void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    private static String decimal(Instant t) {
        return java.math.BigDecimal.valueOf(t.getEpochSecond())
                .add(java.math.BigDecimal.valueOf(t.getNano(), 9))
                .toPlainString();
    }

    private static byte[] ascii(Object o) {
        return o.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isAscii(byte[] b) {
        for (byte c : b) {
            if (c < 0) {
                return false;
            }
        }
        return true;
    }

    private static void record(ByteWriter pax, String key, byte[] value, boolean needed) {
        if (!needed) {
            return;
        }
        // The record's length counts its own digits.
        int rest = key.length() + value.length + 3;
        int length = rest + String.valueOf(rest).length();
        length = rest + String.valueOf(length).length();
        pax.raw(ascii(length + " " + key + "=")).raw(value).u8('\n');
    }

    private static byte[] header(byte[] name, Entry e, long size, char type, byte[] target) {
        byte[] b = new byte[BLOCK];
        put(b, 0, Arrays.copyOf(name, Math.min(name.length, 100)));
        put(b, 100, octal(e.mode(), 7));
        put(b, 108, octal(Math.min(e.uid(), 07777777), 7));
        put(b, 116, octal(Math.min(e.gid(), 07777777), 7));
        put(b, 124, octal(Math.min(size, 077777777777L), 11));
        put(b, 136, octal(Math.clamp(e.modified().getEpochSecond(), 0, 077777777777L), 11));
        b[156] = (byte) type;
        put(b, 157, Arrays.copyOf(target, Math.min(target.length, 100)));
        put(b, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(b, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte x : b) {
            sum += x & 0xFF;
        }
        put(b, 148, octal(sum, 6));
        b[154] = 0;
        return b;
    }

    private static byte[] octal(long v, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", v).getBytes(StandardCharsets.US_ASCII);
    }

    private static void put(byte[] b, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, b, at, bytes.length);
    }
}
