package dev.freefleet.backup.format;

import dev.freefleet.backup.Entry;
import dev.freefleet.backup.Snapshot;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** Entries, manifests, index and trash objects as bytes. */
public final class Records {
    /** In the order of their numbers, from 0. */
    private static final List<Entry.Type> TYPES = List.of(
            Entry.Type.FILE,
            Entry.Type.FOLDER,
            Entry.Type.SYMLINK,
            Entry.Type.MEMBER,
            Entry.Type.HARDLINK,
            Entry.Type.OTHER);

    /** In the order of their numbers, from 0. */
    private static final List<Snapshot.Kind> KINDS =
            List.of(Snapshot.Kind.FOLDER, Snapshot.Kind.TAR, Snapshot.Kind.OPAQUE);

    private Records() {}

    /**
     * What an index or trash object says of one pack.
     *
     * @param name the pack's SHA-256 in hexadecimal
     * @param size length of the pack in bytes
     * @param content what is in it
     */
    public record IndexedPack(String name, long size, PackContent content) {}

    /** Returns the bytes of an index or trash object. */
    public static byte[] index(List<IndexedPack> packs) {
        ByteWriter out = new ByteWriter(1 << 16);
        index(packs, out);
        return out.toByteArray();
    }

    /** Writes what an index or trash object holds; each pack is asked for once. */
    public static void index(List<IndexedPack> packs, ByteWriter out) {
        out.varint(packs.size());
        for (IndexedPack p : packs) {
            out.raw(HexFormat.of().parseHex(p.name())).varint(p.size());
            p.content().write(out);
        }
    }

    /** Reads an index or trash object. */
    public static List<IndexedPack> readIndex(String name, byte[] bytes) {
        List<IndexedPack> packs = new ArrayList<>();
        readIndex(name, bytes, packs::add);
        return packs;
    }

    /** Hands on the packs of an index or trash object, up to where it is damaged; to hold those of a large one at once takes twice its length. */
    public static void readIndex(String name, byte[] bytes, Consumer<IndexedPack> each) {
        ByteReader in = new ByteReader(name, bytes);
        int n = in.count(in.remaining());
        for (int i = 0; i < n; i++) {
            String pack = HexFormat.of().formatHex(in.raw(32));
            each.accept(new IndexedPack(pack, in.size(), PackContent.read(in)));
        }
        in.end();
    }

    /** Writes an entry, led by its length. */
    public static void write(ByteWriter out, Entry e) {
        ByteWriter w = new ByteWriter(128)
                .u8(TYPES.indexOf(e.type()))
                .bytes(e.path())
                .varint(e.mode())
                .varint(e.uid())
                .varint(e.gid());
        time(w, e.modified());
        w.i64(e.changed()).varint(e.size());
        e.content().write(w);
        w.varint(e.at()).bytes(e.target());
        out.bytes(w.toByteArray());
    }

    /** Reads an entry without its leading length. */
    public static Entry readEntry(ByteReader in) {
        Entry.Type type = constant(in, TYPES);
        byte[] path = in.bytes();
        int mode = in.count(07777);
        int uid = in.count(Integer.MAX_VALUE);
        int gid = in.count(Integer.MAX_VALUE);
        Instant modified = instant(in, in.i64(), in.count(999_999_999));
        long changed = in.i64();
        long size = in.size();
        ContentRef content = ContentRef.read(in);
        long at = in.size();
        byte[] target = in.bytes();
        in.end();
        return new Entry(path, type, mode, uid, gid, modified, changed, size, content, at, target);
    }

    /** Returns the bytes of a manifest. */
    public static byte[] manifest(Snapshot s) {
        ByteWriter out = new ByteWriter().raw(HexFormat.of().parseHex(s.id()));
        time(out, s.time());
        out.text(s.host())
                .text(s.source())
                .u8(KINDS.indexOf(s.kind()))
                .varint(s.tags().size());
        s.tags().forEach(out::text);
        out.varint(s.entries()).varint(s.bytes()).varint(s.added()).varint(s.problems());
        s.tree().write(out);
        s.stream().write(out);
        return out.toByteArray();
    }

    /** Reads a manifest. */
    public static Snapshot readManifest(String name, byte[] bytes) {
        ByteReader in = new ByteReader(name, bytes);
        String id = HexFormat.of().formatHex(in.raw(16));
        Instant time = instant(in, in.i64(), in.count(999_999_999));
        String host = in.text();
        String source = in.text();
        Snapshot.Kind kind = constant(in, KINDS);
        int n = in.count(in.remaining());
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            tags.add(in.text());
        }
        long entries = in.size();
        long length = in.size();
        long added = in.size();
        long problems = in.size();
        ContentRef tree = ContentRef.read(in);
        ContentRef stream = ContentRef.read(in);
        in.end();
        return new Snapshot(id, time, host, source, kind, tags, entries, length, added, problems, tree, stream);
    }

    private static void time(ByteWriter out, Instant t) {
        long seconds = t.getEpochSecond();
        int nanos = t.getNano();
        out.i64(seconds).varint(nanos);
    }

    private static <T> T constant(ByteReader in, List<T> values) {
        int i = in.u8();
        if (i >= values.size()) {
            throw in.fault("an unknown kind, " + i);
        }
        return values.get(i);
    }

    private static Instant instant(ByteReader in, long seconds, int nanos) {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw in.fault("an impossible time");
        }
    }
}
