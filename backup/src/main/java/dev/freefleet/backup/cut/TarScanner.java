package dev.freefleet.backup.cut;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts a stream that may be a tar: large members are cut as if they were files of their own, so that they share chunks with
 * themselves in folders and in other tars; all else is cut by content. Each byte passes through as it is. What is not a tar, or
 * stops being one, is cut by content to its end.
 */
public final class TarScanner {
    /** Members from this length on are cut apart from what surrounds them. */
    static final long LARGE = 32 << 10;

    private static final int MAX_EXTENSION = 1 << 20;
    private static final long MAX_SPOOLED = 64L << 30;

    private final InputStream in;
    private final Chunker out;
    private final Path scratch;
    private final Consumer<TarMember> members;
    private long position;
    private boolean tar;
    private boolean ended;

    /**
     * @param in the stream
     * @param out takes every byte of it
     * @param scratch folder for the temporary file that a Lance member needs, whose footer comes last
     * @param members hears of each member after its content has passed
     */
    public TarScanner(InputStream in, Chunker out, Path scratch, Consumer<TarMember> members) {
        this.in = in;
        this.out = out;
        this.scratch = scratch;
        this.members = members;
    }

    /** Returns whether the stream began as a tar. */
    public boolean isTar() {
        return tar;
    }

    /** Returns whether the tar came to its end: two blocks of zeros. */
    public boolean ended() {
        return ended;
    }

    /** Returns how many bytes passed. */
    public long position() {
        return position;
    }

    /** Passes the whole stream on. */
    public void run() throws IOException {
        out.begin(0, false);
        try {
            while (member()) {
                tar = true;
            }
        } catch (EOFException cutShort) {
            return;
        }
        pass(Long.MAX_VALUE);
    }

    /** Reads up to {@code n} bytes and passes them on; fewer if the stream ends. */
    private byte[] take(int n) throws IOException {
        byte[] b = in.readNBytes(n);
        out.write(b, 0, b.length);
        position += b.length;
        return b;
    }

    private void pass(long n) throws IOException {
        position += out.read(in, n);
    }

    private byte[] whole(int n) throws IOException {
        byte[] b = take(n);
        if (b.length < n) {
            throw new EOFException();
        }
        return b;
    }

    private boolean member() throws IOException {
        PaxFields fields = new PaxFields();
        while (true) {
            byte[] block = whole(TarHeader.BLOCK);
            if (TarHeader.isZero(block)) {
                ended = tar && TarHeader.isZero(whole(TarHeader.BLOCK));
                return false;
            }
            TarHeader h = TarHeader.parse(block);
            // The old GNU sparse format has further headers of its own; its members cannot be told from here on.
            if (h == null || h.type() == 'S' || h.type() == 'M' || h.type() == 'V') {
                return false;
            }
            switch (h.type()) {
                case 'x', 'g', 'L', 'K' -> {
                    if (h.size() > MAX_EXTENSION) {
                        return false;
                    }
                    byte[] payload = whole((int) h.size());
                    whole(padding(h.size()));
                    extend(fields, h.type(), payload);
                    tar = true;
                }
                default -> {
                    content(h, fields);
                    return true;
                }
            }
        }
    }

    private static void extend(PaxFields fields, char type, byte[] payload) {
        switch (type) {
            case 'x' -> fields.parse(payload);
            case 'L' -> fields.put("path", untilZero(payload));
            case 'K' -> fields.put("linkpath", untilZero(payload));
            default -> {
                // Global fields say nothing that a restore of single members needs.
            }
        }
    }

    private static byte[] untilZero(byte[] b) {
        int end = 0;
        while (end < b.length && b[end] != 0) {
            end++;
        }
        return Arrays.copyOf(b, end);
    }

    private void content(TarHeader h, PaxFields fields) throws IOException {
        TarMember.Kind kind = switch (h.type()) {
            case '5' -> TarMember.Kind.FOLDER;
            case '2' -> TarMember.Kind.SYMLINK;
            case '1' -> TarMember.Kind.HARDLINK;
            default -> h.isFile() ? TarMember.Kind.FILE : TarMember.Kind.OTHER;
        };
        byte[] path = withoutSlash(fields.bytes("path", h.name()));
        boolean link =
                kind == TarMember.Kind.SYMLINK || kind == TarMember.Kind.FOLDER || kind == TarMember.Kind.HARDLINK;
        long size = link ? 0 : fields.number("size", h.size());
        long at = position;
        if (size >= LARGE) {
            large(path, size);
        } else {
            whole((int) size);
        }
        whole(padding(size));
        members.accept(new TarMember(
                path,
                kind,
                h.mode(),
                (int) Math.min(fields.number("uid", h.uid()), Integer.MAX_VALUE),
                (int) Math.min(fields.number("gid", h.gid()), Integer.MAX_VALUE),
                fields.time("mtime", h.mtime()),
                size,
                at,
                link && kind != TarMember.Kind.FOLDER ? fields.bytes("linkpath", h.link()) : new byte[0]));
    }

    private static byte[] withoutSlash(byte[] path) {
        int end = path.length;
        while (end > 1 && path[end - 1] == '/') {
            end--;
        }
        return Arrays.copyOf(path, end);
    }

    private void large(byte[] path, long size) throws IOException {
        out.begin(0, false);
        if (isLance(path) && size <= MAX_SPOOLED) {
            spooled(size);
        } else {
            long before = position;
            pass(size);
            if (position - before < size) {
                throw new EOFException();
            }
        }
        out.begin(0, false);
    }

    private static boolean isLance(byte[] path) {
        byte[] end = {'.', 'l', 'a', 'n', 'c', 'e'};
        int n = path.length;
        return n >= end.length && Arrays.equals(path, n - end.length, n, end, 0, end.length);
    }

    private void spooled(long size) throws IOException {
        Path file = Files.createTempFile(scratch, "fleet-member", ".lance");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            byte[] buf = new byte[1 << 16];
            long got = 0;
            while (got < size) {
                int n = in.read(buf, 0, (int) Math.min(buf.length, size - got));
                if (n < 0) {
                    break;
                }
                channel.write(ByteBuffer.wrap(buf, 0, n));
                got += n;
            }
            List<Region> regions = LanceFile.regions(got, (offset, length) -> part(channel, offset, length));
            channel.position(0);
            InputStream spool = java.nio.channels.Channels.newInputStream(channel);
            for (Region r : regions) {
                out.begin(r.width(), r.float32());
                position += out.read(spool, r.length());
            }
            if (got < size) {
                throw new EOFException();
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Returns these bytes of a file. */
    public static byte[] part(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(length);
        while (b.hasRemaining()) {
            if (file.read(b, offset + b.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return b.array();
    }

    private static int padding(long size) {
        return (int) (-size & (TarHeader.BLOCK - 1));
    }
}
